import { Busboy, type BusboyHeaders } from '@fastify/busboy';
import { once } from 'node:events';
import { Problem } from '../requests/problem.ts';
import type { ApiEvent } from './api.ts';
import { plainFileName } from '../requests/file-name.ts';

export type Upload = { csv: Buffer; fileName: string; fields: Record<string, string> };

/** Lambda takes 6 MB of payload, and what is not text travels as base64. */
const UPLOAD_BYTES_MOST = 4_400_000;

/**
 * Reads an upload: a form with one part `file` and options as further fields, or the bare CSV as the body with options
 * in the query. Throws Problem `payload_too_large`, `unsupported_media_type`, `missing_file`, `invalid_request`.
 */
export async function readUpload(event: ApiEvent): Promise<Upload> {
  const body = bodyOf(event);
  if (body.length > UPLOAD_BYTES_MOST) {
    const message = `At most ${UPLOAD_BYTES_MOST} bytes can be sent directly; use POST /api/uploads for larger files.`;
    throw new Problem('payload_too_large', message);
  }
  const contentType = event.headers['content-type'] ?? '';
  const mediaType = contentType.split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType === 'multipart/form-data') return await readForm(body, contentType);
  if (mediaType !== 'text/csv' && mediaType !== 'application/octet-stream') {
    throw new Problem('unsupported_media_type', 'Send multipart/form-data with a part `file`, or text/csv.');
  }
  const { fileName, ...fields } = { ...event.queryStringParameters };
  if (body.length === 0) throw new Problem('missing_file', 'The body is empty.');
  return { csv: body, fileName: plainFileName(fileName), fields: defined(fields) };
}

/** The bytes of a body: the gateway hands over as base64 what it doesn't take for text. */
export const bodyOf = ({ body, isBase64Encoded }: ApiEvent): Buffer =>
  // The gateway leaves out an empty body; serverless-offline makes it null.
  Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');

async function readForm(body: Buffer, contentType: string): Promise<Upload> {
  const headers: BusboyHeaders = { 'content-type': contentType };
  const fields: Record<string, string> = {};
  const files: FormFile[] = [];
  try {
    const form = new Busboy({ headers, limits: { fields: 50, files: 2, fieldNameSize: 100, fieldSize: 10_000 } });
    form.on('field', (name, value) => (fields[name] = value));
    form.on('file', (name, stream, fileName) => {
      const file: FormFile = { name, fileName, chunks: [] };
      files.push(file);
      stream.on('data', (chunk: Buffer) => file.chunks.push(chunk));
      // A body that breaks off is told by the form, too; without a listener here it would end the process.
      stream.on('error', () => undefined);
    });
    form.end(body);
    await once(form, 'finish');
  } catch (error) {
    throw new Problem('invalid_request', `The form can't be read: ${error instanceof Error ? error.message : ''}`);
  }
  const [file, ...others] = files;
  if (!file || others.length > 0 || file.name !== 'file') {
    throw new Problem('missing_file', 'The form needs one file, in a part named `file`.');
  }
  return { csv: Buffer.concat(file.chunks), fileName: plainFileName(file.fileName), fields };
}

type FormFile = { name: string; fileName: string; chunks: Buffer[] };

const defined = (fields: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
