import { createReadStream, openAsBlob } from 'node:fs';
import { Readable } from 'node:stream';
import type { CsvFile } from './csv-file.ts';

export type FormFields = Readonly<Record<string, string | number | undefined>>;

/** A form for `fetch`, which reads the whole file into memory. */
export const smallForm = async (fields: FormFields, file: CsvFile): Promise<FormData> =>
  formWith(fields, await openAsBlob(file.path, { type: 'text/csv' }), file.name);

/** The same form as a stream that is read from disk at the pace at which it is sent. */
export const streamedForm = async (fields: FormFields, { path, name, size }: CsvFile) => {
  // The platform encodes the form around an empty file; ours is put where that file's content would be.
  const hollow = new Response(formWith(fields, new Blob([], { type: 'text/csv' }), name));
  const frame = Buffer.from(await hollow.arrayBuffer());
  const end = frame.lastIndexOf('\r\n--');
  return {
    headers: {
      'content-type': hollow.headers.get('content-type') ?? '',
      'content-length': String(frame.length + size),
    },
    body: Readable.from(
      (async function* () {
        yield frame.subarray(0, end);
        // A file that grows meanwhile must not change the length that was announced.
        if (size > 0) yield* createReadStream(path, { end: size - 1 });
        yield frame.subarray(end);
      })(),
    ),
  };
};

/** S3 ignores every field after the file, so the file comes last. */
const formWith = (fields: FormFields, content: Blob, name: string): FormData => {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) if (value !== undefined) form.append(field, String(value));
  form.append('file', content, name);
  return form;
};
