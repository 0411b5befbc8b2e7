import { answerOf, client } from './client.ts';
import type { ImageErrorCode, Product, RequestView } from './types.ts';

const LIST_LIMIT = 50;
const PRODUCTS_LIMIT = 100;

/** A refused call throws ApiProblem, one without an answer ConnectionLost; all may be repeated without harm. */
export const getRequest = (requestId: string, signal: AbortSignal) =>
  answerOf(client.GET('/api/status/{requestId}', { params: { path: { requestId } }, signal }), 'requestId');

/** Newest first, on from a cursor. */
export const listRequests = (cursor: string | null, signal: AbortSignal) => {
  const query = { limit: LIST_LIMIT, ...(cursor !== null && { cursor }) };
  return answerOf(client.GET('/api/requests', { params: { query }, signal }), 'requests');
};

type ProductsAsked = { requestId: string; status: Product['status'] | null; cursor: number };

/** Settled products, all or those that ended so, from a page of the server's on. */
export function getProducts({ requestId, status, cursor }: ProductsAsked, signal: AbortSignal) {
  const query = { products: 'all', cursor, limit: PRODUCTS_LIMIT, ...(status !== null && { status }) } as const;
  return answerOf(client.GET('/api/status/{requestId}', { params: { path: { requestId }, query }, signal }), 'items');
}

/** Failed images once more, all or those with these codes; once a run, however often it is asked for. */
export function retryRequest(
  { requestId, generation }: Pick<RequestView, 'requestId' | 'generation'>,
  codes: ImageErrorCode[] | undefined,
) {
  const body = { generation, ...(codes && { codes }) };
  return answerOf(
    client.POST('/api/requests/{requestId}/retry', { params: { path: { requestId } }, body }),
    'requestId',
  );
}

export const cancelRequest = (requestId: string) =>
  answerOf(client.POST('/api/requests/{requestId}/cancel', { params: { path: { requestId } } }), 'requestId');

export const redeliverWebhook = (requestId: string, deliveryId: string) =>
  answerOf(
    client.POST('/api/requests/{requestId}/webhooks/{deliveryId}/redeliver', {
      params: { path: { requestId, deliveryId } },
    }),
    'deliveryId',
  );
