import * as z from 'zod';
import type { Condition, Update } from '../aws/expression.ts';
import type { Table } from '../aws/table.ts';
import { bookmarkKey, openIndex, requestKey } from './keys.ts';
import { toRequest, type Request } from './request.ts';

export type ProgressStore = ReturnType<typeof progressStore>;

/** How a request was found at some check: `mark` tells its progress, `at` since when it was so. */
export type Seen = z.output<typeof Seen>;
const Seen = z
  .object({ seenMark: z.string(), seenAt: z.iso.datetime(), resends: z.number() })
  .transform(({ seenMark, seenAt, resends }) => ({ mark: seenMark, at: seenAt, resends }));

const [OPEN_KEY, OPEN] = openIndex.partition;

/** What to set with a write after which something is owed to a request. */
export const OPENS: NonNullable<Update['set']> = { [OPEN_KEY]: OPEN };

/** What to remove with a write after which nothing is owed any more; what was seen belongs to what was owed. */
export const CLOSES: readonly string[] = [OPEN_KEY, 'seenMark', 'seenAt', 'resends'];

const isOpen: Condition = { present: OPEN_KEY };
const Bookmark = z.object({ after: z.string().optional() });

/** The open requests, and what checks have seen of their progress. */
export function progressStore(table: Table) {
  return {
    /** Ids of open requests, oldest first, behind a given one. Not consistent: some may be closed by now. */
    async list({ after, limit }: { after: string | undefined; limit: number }) {
      const { items, more } = await table.query({
        index: after === undefined ? openIndex : { ...openIndex, key: requestKey(after) },
        ...(after !== undefined && { after }),
        limit,
      });
      return { ids: items.map((item) => z.string().parse(item[openIndex.sort])), more };
    },

    async get(requestId: string): Promise<{ request: Request; seen: Seen | undefined } | undefined> {
      const item = await table.get(requestKey(requestId), { consistent: true });
      return item && { request: toRequest(item), seen: Seen.safeParse(item).data };
    },

    /** Keeps what is seen now, unless another check did meanwhile or nothing is owed any more. */
    async note(requestId: string, { mark, at, resends }: Seen, before: Seen | undefined): Promise<void> {
      const unchanged: Condition[] = before
        ? [{ equal: ['seenMark', before.mark] }, { equal: ['resends', before.resends] }]
        : [{ absent: 'seenMark' }];
      await table.update(requestKey(requestId), {
        set: { seenMark: mark, seenAt: at, resends },
        when: [isOpen, ...unchanged],
      });
    },

    /** Nothing is owed to the request as it was read: closes it, unless it was opened again meanwhile. */
    async close({ requestId, status, webhookStatus }: Request): Promise<void> {
      await table.update(requestKey(requestId), {
        remove: CLOSES,
        when: [
          isOpen,
          { equal: ['status', status] },
          webhookStatus === undefined ? { absent: 'webhookStatus' } : { equal: ['webhookStatus', webhookStatus] },
        ],
      });
    },

    /** The id behind which the next check begins; undefined for the oldest. */
    async bookmark(): Promise<string | undefined> {
      const item = await table.get(bookmarkKey, { consistent: true });
      return Bookmark.parse(item ?? {}).after;
    },

    async setBookmark(after: string | undefined): Promise<void> {
      await table.put({ ...bookmarkKey, after });
    },
  };
}
