import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import { getProducts } from '../../api/calls.ts';
import type { RequestView } from '../../api/types.ts';
import { hasEnded } from '../status-words.ts';
import {
  entriesOf,
  hasMore,
  type Look,
  nextFetch,
  nextMissing,
  type ProductBook,
  putChunk,
  type Range,
  type Version,
} from './product-book.ts';
import type { ProductFilter } from './product-filter.ts';

const LIVE_EVERY_MS = 2_000;
const NOTHING: ProductBook = [];

type Asked = { view: RequestView; filter: ProductFilter; range: Range };

/** The products that pass a filter, as far as they were needed: what is looked at is kept up to date, and read on from. */
export function useProducts({ view, filter: { status }, range }: Asked) {
  const queries = useQueryClient();
  const { requestId } = view;
  const version = versionOf(view);
  const ended = hasEnded(view.status);
  const queryKey = useMemo(() => ['products', requestId, status], [requestId, status]);
  const look = useRef<Look>({ range, version });
  useEffect(() => {
    look.current = { range, version };
  });

  const { data, error, isFetching, refetch } = useQuery<ProductBook>({
    queryKey,
    async queryFn({ signal }) {
      const book = queries.getQueryData<ProductBook>(queryKey) ?? [];
      const { version } = look.current;
      const cursor = nextFetch(book, entriesOf(book), look.current);
      if (cursor === null) return book;
      const { items = [], nextCursor = null } = await getProducts({ requestId, status, cursor }, signal);
      return putChunk(book, { from: cursor, to: nextCursor === null ? null : Number(nextCursor), version, items });
    },
    staleTime: Infinity,
    // What has just been read is the book itself: comparing 100,000 products with each other would only cost time.
    structuralSharing: false,
    refetchOnWindowFocus: false,
    refetchInterval: ended ? false : LIVE_EVERY_MS,
  });

  const book = data ?? NOTHING;
  const entries = useMemo(() => entriesOf(book), [book]);
  const next = nextFetch(book, entries, { range, version });
  // While the request runs, what is out of date waits for the interval; what is missing does not.
  const isUrgent = ended ? next !== null : nextMissing(book, entries, range) !== null;
  useEffect(() => {
    if (isUrgent && !isFetching && !error) void refetch();
  }, [isUrgent, isFetching, error, refetch, next]);
  const products = useMemo(() => entries.map(({ product }) => product), [entries]);
  return { products, error, isComplete: book.length > 0 && next === null, hasMore: hasMore(book), refetch };
}

const versionOf = ({ generation, products, status }: RequestView): Version => ({
  generation,
  ended: hasEnded(status),
  settled: products.total - products.pending,
});
