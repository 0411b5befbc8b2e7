import { ConnectionLost } from './api-problem.ts';

export type FormAnswer = { status: number; body: string };

export type FormToSend = {
  url: string;
  /** In order; the file follows them. */
  fields: Record<string, string>;
  file: File;
  headers?: Record<string, string>;
  onSent: (bytes: number) => void;
  signal: AbortSignal;
};

/** A connection that moves nothing for so long is taken for broken; the server's own answer may take 30 s. */
const SILENCE_MS = 60_000;

/** Posts a form; by XMLHttpRequest, because fetch does not tell how much has been sent. Throws ConnectionLost. */
export function sendForm({ url, fields, file, headers = {}, onSent, signal }: FormToSend): Promise<FormAnswer> {
  signal.throwIfAborted();
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', file, file.name);
  const request = new XMLHttpRequest();
  request.open('POST', url);
  for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
  return new Promise<FormAnswer>((resolve, reject) => {
    const lost = () => reject(new ConnectionLost('The connection broke while the file was sent.'));
    let silence = setTimeout(stop, SILENCE_MS);
    function stop() {
      request.abort();
      lost();
    }
    const leave = () => {
      request.abort();
      reject(new DOMException('The upload was stopped.', 'AbortError'));
    };
    signal.addEventListener('abort', leave, { once: true });
    request.upload.addEventListener('progress', ({ loaded }) => {
      clearTimeout(silence);
      silence = setTimeout(stop, SILENCE_MS);
      onSent(Math.min(loaded, file.size));
    });
    request.addEventListener('load', () => resolve({ status: request.status, body: request.responseText }));
    request.addEventListener('error', lost);
    request.addEventListener('loadend', () => {
      clearTimeout(silence);
      signal.removeEventListener('abort', leave);
    });
    request.send(form);
  });
}
