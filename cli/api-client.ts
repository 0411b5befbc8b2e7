import { Accepted, Changed, Redelivery, RequestList, Status, UploadSlot } from './answers.ts';
import type { CsvFile } from './csv-file.ts';
import { smallForm } from './form.ts';
import { postFile, readAnswer, send } from './http.ts';
import type { ImageOptions } from './image-options.ts';

const ANSWER_WITHIN_MS = 30_000;

/** Where `npm start` serves the API. */
export const DEFAULT_ENDPOINT = 'http://127.0.0.1:3000';

export type ApiClient = ReturnType<typeof apiClient>;

/** Rowpress over HTTP; nothing is retried here. `signal` ends any call, small ones end after 30 s. */
export const apiClient = (endpoint: string, signal: AbortSignal) => {
  const root = endpoint.replace(/\/+$/, '');
  const base = `${root}/api`;
  const soon = () => AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
  const get = (path: string) => send(`${base}${path}`, { signal: soon() });

  return {
    endpoint: root,

    /** One multipart request; for files that fit into one Lambda call. Repeated with its key, it is the same request. */
    upload: async (file: CsvFile, options: ImageOptions, idempotencyKey: string) => {
      const body = await smallForm(options, file);
      const headers = { 'idempotency-key': idempotencyKey };
      return readAnswer(await send(`${base}/upload`, { method: 'POST', headers, body, signal }), Accepted);
    },

    /** Asks for a place to upload a larger file to; repeated with its key, for a place of the same request. */
    createUpload: async (fileName: string, options: ImageOptions, idempotencyKey: string) => {
      const body = JSON.stringify({ fileName, ...options });
      const headers = { 'content-type': 'application/json', 'idempotency-key': idempotencyKey };
      return readAnswer(await send(`${base}/uploads`, { method: 'POST', headers, body, signal: soon() }), UploadSlot);
    },

    /** Sends the file to the place that `createUpload` gave; repeating it overwrites. */
    sendTo: ({ url, fields }: UploadSlot['upload'], file: CsvFile) => postFile(url, { fields, file, signal }),

    status: async (requestId: string) => readAnswer(await get(`/status/${encodeURIComponent(requestId)}`), Status),

    /** The newest requests first. */
    requests: async (limit: number) => readAnswer(await get(`/requests?limit=${limit}`), RequestList),

    /** Tries failed images again, all or those of some codes; nothing happens when that was asked for this run before. */
    retry: async (requestId: string, wish: { codes?: readonly string[]; generation: number }) => {
      const headers = { 'content-type': 'application/json' };
      const init = { method: 'POST', headers, body: JSON.stringify(wish), signal: soon() };
      return readAnswer(await send(`${base}/requests/${encodeURIComponent(requestId)}/retry`, init), Changed);
    },

    /** Ends a request early; nothing happens when that was asked for before. */
    cancel: async (requestId: string) => {
      const path = `/requests/${encodeURIComponent(requestId)}/cancel`;
      return readAnswer(await send(`${base}${path}`, { method: 'POST', signal: soon() }), Changed);
    },

    /** Has a webhook delivered once more. */
    redeliver: async (requestId: string, deliveryId: string) => {
      const path = `/requests/${encodeURIComponent(requestId)}/webhooks/${encodeURIComponent(deliveryId)}/redeliver`;
      return readAnswer(await send(`${base}${path}`, { method: 'POST', signal: soon() }), Redelivery);
    },

    /** The result CSV as a stream, or only its failed rows; the redirect to storage is followed. */
    exportCsv: (requestId: string, rows: 'all' | 'failed') =>
      send(`${base}/export/${encodeURIComponent(requestId)}${rows === 'failed' ? '?rows=failed' : ''}`, { signal }),
  };
};
