import { apiKey } from '../api/api-key.ts';
import { ApiProblem, isTransient } from '../api/api-problem.ts';
import { cancelRequest } from '../api/calls.ts';
import { createStore } from '../app/store.ts';
import { dropFile, keepFile, keptFiles, randomId, type KeptFile } from './kept-files.ts';
import type { Options } from './options.ts';
import type { Preview } from './preview/inspect-csv.ts';
import { readPreview } from './preview/read-preview.ts';
import { sendFile } from './send-file.ts';
import { pauseBefore, waitToRetry } from './wait-to-retry.ts';

/** What the browser found in a file. */
export type Reading = { state: 'reading'; preview: Preview | null } | { state: 'read'; preview: Preview } | Unreadable;
type Unreadable = { state: 'unreadable'; code: string; message: string; todo: string };

/** How far the sending of a file has come. `held`: the connection is lost, the next try is at `retryAt`. */
export type Sending =
  | { step: 'chosen' }
  | { step: 'waiting' }
  | { step: 'sending'; sent: number }
  | { step: 'held'; retryAt: number }
  | { step: 'accepted'; requestId: string }
  | { step: 'refused'; error: unknown };

export type Upload = { id: string; file: File; reading: Reading; sending: Sending; started: KeptFile['started'] };

/** The files of this tab, in the order they were chosen. */
export const uploads = createStore<Upload[]>([]);

const stops = new Map<string, () => void>();

/** Requests that wait for their file, by the upload that asked for them. */
const awaiting = new Map<string, string>();

export function addFiles(files: readonly File[]): void {
  for (const file of files) add({ id: randomId(), file, started: null });
}

/** Takes up what a reload interrupted. */
export async function restoreUploads(): Promise<void> {
  const kept = await keptFiles();
  for (const file of kept) if (!uploads.get().some(({ id }) => id === file.id)) add(file);
  void sendWaiting();
}

function add(kept: KeptFile): void {
  const { id, file, started } = kept;
  const sending: Sending = started ? { step: 'waiting' } : { step: 'chosen' };
  uploads.set((all) => [...all, { id, file, started, sending, reading: { state: 'reading', preview: null } }]);
  void keepFile(kept);
  const stop = readPreview(id, file, (finding) => {
    if ('unreadable' in finding) change(id, { reading: { state: 'unreadable', ...finding.unreadable } });
    else {
      const { preview } = finding;
      change(id, { reading: preview.share === 1 ? { state: 'read', preview } : { state: 'reading', preview } });
    }
  });
  stops.set(id, stop);
}

/** Ends whatever is done with a file, and forgets it. A request that was accepted goes on. */
export function removeUpload(id: string): void {
  stops.get(id)?.();
  stops.delete(id);
  withdraw(id);
  uploads.set((all) => all.filter((upload) => upload.id !== id));
  void dropFile(id);
}

/** Left alone, such a request would wait for its file for a day; where this fails, it does. */
function withdraw(id: string): void {
  const requestId = awaiting.get(id);
  awaiting.delete(id);
  if (requestId !== undefined) void cancelRequest(requestId).catch(() => undefined);
}

export function removeAccepted(): void {
  for (const { id, sending } of uploads.get()) if (sending.step === 'accepted') removeUpload(id);
}

/** Whether this file may be sent now: chosen or refused before, and not known to be unusable. */
export const canStart = (upload: Upload): boolean =>
  (upload.sending.step === 'chosen' || upload.sending.step === 'refused') &&
  (upload.reading.state !== 'unreadable' || upload.reading.code === 'no_preview') &&
  !hasNoImages(upload);

/** Nothing but a report of the rows would come of it, which the preview has shown already. */
export const hasNoImages = ({ reading }: Upload): boolean => reading.state === 'read' && reading.preview.images === 0;

/** Sends every file that can be, one after the other. */
export function startUploads(options: Options): void {
  for (const upload of uploads.get().filter(canStart)) {
    const { id, file } = upload;
    const started = { options, idempotencyKey: keyFor(upload, options) };
    change(id, { started, sending: { step: 'waiting' } });
    void keepFile({ id, file, started });
  }
  void sendWaiting();
}

/** The key of an earlier try, whose answer may have been lost, unless other options are asked for now. */
function keyFor({ started }: Upload, options: Options): string {
  const isSame = started !== null && JSON.stringify(started.options) === JSON.stringify(options);
  return isSame ? started.idempotencyKey : randomId();
}

let isSending = false;

async function sendWaiting(): Promise<void> {
  if (isSending) return;
  isSending = true;
  try {
    for (let next = firstWaiting(); next; next = firstWaiting()) await send(next);
  } finally {
    isSending = false;
  }
}

const firstWaiting = () => uploads.get().find(({ sending }) => sending.step === 'waiting');

async function send({ id, file, started }: Upload): Promise<void> {
  if (!started) return;
  const controller = new AbortController();
  const { signal } = controller;
  const stopReading = stops.get(id);
  stops.set(id, () => {
    stopReading?.();
    controller.abort();
  });
  const onSent = (sent: number) => change(id, { sending: { step: 'sending', sent } });
  const onAwaited = (requestId: string) => {
    // Asked for with other options before, and not to be used now.
    if (awaiting.get(id) !== requestId) withdraw(id);
    awaiting.set(id, requestId);
    if (signal.aborted) withdraw(id);
  };
  for (let tries = 1; !signal.aborted; tries += 1) {
    const { key } = apiKey.get();
    onSent(0);
    try {
      const requestId = await sendFile({ file, ...started, onSent, onAwaited, signal });
      awaiting.delete(id);
      change(id, { sending: { step: 'accepted', requestId } });
      await dropFile(id);
      return;
    } catch (error) {
      if (asksForKey(error) && isNewKey(key)) continue;
      if (!mayTryAgain(error, tries)) {
        change(id, { sending: { step: 'refused', error } });
        return;
      }
      const pause = pauseBefore(tries + 1);
      change(id, { sending: { step: 'held', retryAt: Date.now() + pause } });
      await waitToRetry(pause, signal);
    }
  }
}

export const asksForKey = (error: unknown): boolean => error instanceof ApiProblem && error.asksForKey;

const isNewKey = (known: string | null): boolean => apiKey.get().key !== null && apiKey.get().key !== known;

let knownKey = apiKey.get().key;

/** What was refused for want of a key is sent with the one that was entered. */
apiKey.subscribe(() => {
  const isNew = isNewKey(knownKey);
  knownKey = apiKey.get().key;
  if (!isNew) return;
  for (const { id, sending } of uploads.get()) {
    if (sending.step === 'refused' && asksForKey(sending.error)) change(id, { sending: { step: 'waiting' } });
  }
  void sendWaiting();
});

/** A lost connection is waited for without end; a server that keeps failing is not. */
const mayTryAgain = (error: unknown, tries: number) =>
  isTransient(error) && (!(error instanceof ApiProblem) || tries < 5);

function change(id: string, part: Partial<Upload>): void {
  uploads.set((all) => all.map((upload) => (upload.id === id ? { ...upload, ...part } : upload)));
}

/** A reload would break these off: they'd start anew. */
export const isUnderWay = ({ sending }: Upload): boolean =>
  sending.step === 'waiting' || sending.step === 'sending' || sending.step === 'held';
