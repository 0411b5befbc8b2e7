import { inspectCsv, type Preview } from './inspect-csv.ts';
import { UnreadableCsv } from './unreadable-csv.ts';

export type Task = { id: string; file: File } | { drop: string };
export type Finding =
  { id: string; preview: Preview } | { id: string; unreadable: { code: string; message: string; todo: string } };

/** The code of a file that could not be looked at here, though the server may read it. */
export const NO_PREVIEW = 'no_preview';

const TOLD_EVERY_MS = 120;

const dropped = new Set<string>();
let previous = Promise.resolve();

// One file after the other, so that many large ones don't share the processor and all come late.
self.addEventListener('message', ({ data }: MessageEvent<Task>) => {
  if ('drop' in data) dropped.add(data.drop);
  else previous = previous.then(() => inspect(data));
});

async function inspect({ id, file }: { id: string; file: File }): Promise<void> {
  let told = 0;
  try {
    for await (const preview of inspectCsv(file)) {
      if (dropped.has(id)) return;
      if (preview.share < 1 && Date.now() - told < TOLD_EVERY_MS) continue;
      told = Date.now();
      tell({ id, preview });
    }
  } catch (error) {
    tell({ id, unreadable: whyUnreadable(error) });
  }
}

// A fault of the preview is none of the file: it may be uploaded unseen.
const whyUnreadable = (error: unknown) =>
  error instanceof UnreadableCsv
    ? { code: error.code, message: error.message, todo: error.todo }
    : { code: NO_PREVIEW, message: 'There is no preview of this file, but it can be uploaded.', todo: '' };

const tell = (finding: Finding) => self.postMessage(finding);
