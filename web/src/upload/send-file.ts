import { apiKey, askForKey } from '../api/api-key.ts';
import { ApiProblem, toProblem } from '../api/api-problem.ts';
import { answerOf, client } from '../api/client.ts';
import { sendForm } from '../api/send-form.ts';
import type { UploadForm } from '../api/types.ts';
import { type Options, toFields } from './options.ts';

export type Delivery = {
  file: File;
  options: Options;
  /** The same for every try of one upload, so that a try whose answer was lost makes no second request. */
  idempotencyKey: string;
  onSent: (bytes: number) => void;
  /** Told of a request that waits for the file; sent directly, none is there before the file has come. */
  onAwaited: (requestId: string) => void;
  signal: AbortSignal;
};

/** The API takes 4.4 MB, form and all; larger files go to storage straight. */
const DIRECT_BYTES_MOST = 4_300_000;

/** Uploads a CSV; gives the id of its request. Throws ApiProblem, ConnectionLost. */
export const sendFile = (delivery: Delivery): Promise<string> =>
  delivery.file.size <= DIRECT_BYTES_MOST ? sendDirectly(delivery) : sendByStorage(delivery);

async function sendDirectly({ file, options, idempotencyKey, onSent, signal }: Delivery): Promise<string> {
  const { key } = apiKey.get();
  const headers = { 'idempotency-key': idempotencyKey, ...(key !== null && { 'x-api-key': key }) };
  const answer = await sendForm({ url: '/api/upload', fields: toFields(options), file, headers, onSent, signal });
  if (answer.status === 401 || answer.status === 403) askForKey(key);
  const body = parsed(answer.body);
  if (answer.status !== 202 || !hasRequestId(body)) throw toProblem(answer.status, body);
  return body.requestId;
}

async function sendByStorage({ file, options, idempotencyKey, onSent, onAwaited, signal }: Delivery): Promise<string> {
  const { requestId, upload } = await askForForm({ file, options, idempotencyKey });
  onAwaited(requestId);
  const answer = await sendForm({ url: upload.url, fields: upload.fields, file, onSent, signal });
  if (answer.status >= 300) throw storageProblem(answer.status);
  return requestId;
}

type Asked = Pick<Delivery, 'file' | 'options' | 'idempotencyKey'>;

/** Not to be stopped: the request may have been made by then, and nobody would know which one to withdraw. */
const askForForm = ({ file, options, idempotencyKey }: Asked): Promise<UploadForm> =>
  answerOf(
    client.POST('/api/uploads', {
      params: { header: { 'Idempotency-Key': idempotencyKey } },
      body: { ...asked(options), fileName: nameOf(file) },
    }),
    'requestId',
  );

/** As long as the API takes it, and never ending in half a character. */
const nameOf = ({ name }: File): string =>
  name
    .toWellFormed()
    .slice(0, 200)
    .replace(/[\uD800-\uDBFF]$/, '');

const asked = ({ webhookUrl, ...options }: Options) => ({
  ...options,
  ...(webhookUrl.trim() !== '' && { webhookUrl: webhookUrl.trim() }),
});

/** Storage answers in XML of its own; what it refuses is a form that is too old or a file that is too large. */
function storageProblem(status: number): ApiProblem {
  const detail =
    status === 403
      ? 'The upload was not let in: its permission has run out. Start it again.'
      : `The storage did not take the file (it answered with ${status}).`;
  return new ApiProblem(status, { code: 'storage_refused', detail });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const hasRequestId = (body: unknown): body is { requestId: string } =>
  typeof body === 'object' && body !== null && 'requestId' in body && typeof body.requestId === 'string';
