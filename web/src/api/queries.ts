import { useInfiniteQuery, useMutation, useQuery, useQueryClient, type Query } from '@tanstack/react-query';
import { pollEvery } from '../request/polling.ts';
import { hasEnded } from '../request/status-words.ts';
import { isTransient } from './api-problem.ts';
import { cancelRequest, getRequest, listRequests, redeliverWebhook, retryRequest } from './calls.ts';
import type { ImageErrorCode, RequestList, RequestView } from './types.ts';

const LIST_EVERY_MS = 5_000;
/** A request that was told before may be told again: a key is mended, a proxy comes to its senses. */
const REFUSED_EVERY_MS = 15_000;
/** All pages of the list are read again together, so a long one is left alone until it is looked at anew. */
const LIVE_LIST_PAGES = 2;
const FIRST_PAGE: string | null = null;

const requestKey = (requestId: string) => ['request', requestId];

/** When this page last asked something of a request: it is young again then, and watched closely. */
const actedAt = new Map<string, number>();

/** A request, followed as long as something may change; `lost` while there are no answers. */
export function useRequest(requestId: string) {
  const query = useQuery({
    queryKey: requestKey(requestId),
    queryFn: ({ signal }) => getRequest(requestId, signal),
    refetchInterval: ({ state }: Query<RequestView>) => {
      if (state.error && !isTransient(state.error)) return state.data ? REFUSED_EVERY_MS : false;
      const began = actedAt.get(requestId) ?? Date.parse(state.data?.startedAt ?? state.data?.createdAt ?? '');
      const youngForMs = Number.isNaN(began) ? 0 : Date.now() - began;
      return pollEvery({ view: state.data, youngForMs, hidden: document.hidden });
    },
    refetchIntervalInBackground: true,
  });
  return { ...query, lost: isLost(query) };
}

const isLost = ({ failureCount, failureReason }: { failureCount: number; failureReason: Error | null }): boolean =>
  failureCount > 0 && isTransient(failureReason);

/** The requests, newest first, page by page; kept fresh while one of the newest is under way; `lost` as above. */
export function useRequests() {
  const query = useInfiniteQuery({
    queryKey: ['requests'],
    queryFn: ({ pageParam, signal }) => listRequests(pageParam, signal),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: ({ nextCursor }: RequestList) => nextCursor,
    refetchInterval: ({ state }) => {
      const pages = state.data?.pages ?? [];
      const isMoving = pages.some(({ requests }) => requests.some(({ status }) => !hasEnded(status)));
      return isMoving && pages.length <= LIVE_LIST_PAGES ? LIST_EVERY_MS : false;
    },
  });
  return { ...query, lost: isLost(query) };
}

export type RequestActions = ReturnType<typeof useRequestActions>;

/** What can be asked for a request. */
export function useRequestActions({ requestId, generation }: Pick<RequestView, 'requestId' | 'generation'>) {
  const queries = useQueryClient();
  const onSuccess = () => {
    actedAt.set(requestId, Date.now());
    return queries.invalidateQueries({ queryKey: requestKey(requestId) });
  };
  return {
    retry: useMutation({
      mutationFn: (codes: ImageErrorCode[] | undefined) => retryRequest({ requestId, generation }, codes),
      onSuccess,
    }),
    cancel: useMutation({ mutationFn: () => cancelRequest(requestId), onSuccess }),
    redeliver: useMutation({
      mutationFn: (deliveryId: string) => redeliverWebhook(requestId, deliveryId),
      onSuccess,
    }),
  };
}
