import { z } from 'zod';
import type { Item, Table } from '../aws/table.ts';
import { countsOf, sumCounts, type Counts } from './counts.ts';
import { groupKey, PAGE_PREFIX, pageKey, PAGES_PER_GROUP } from './keys.ts';
import { countRecord, ImageOutcome, ProductRecord } from './product-record.ts';

export type PageStore = ReturnType<typeof pageStore>;

/** A page as its item tells it; products by their index in the file. */
export type Page = {
  page: number;
  settled: number;
  products: Map<number, ProductRecord>;
  /** Outcomes of images whose product is not settled yet: what is not fetched again. By product, then by slot. */
  drafts: Map<number, Draft>;
  counts: Counts;
};

export type Draft = z.output<typeof Draft>;
const Draft = z.array(ImageOutcome.nullable());

export type Group = { fullPages: ReadonlySet<number>; counts: Counts };

const RECORD = 'r';
const DRAFT = 'd';
const recordOf = (index: number) => `${RECORD}${index}`;
const draftOf = (index: number) => `${DRAFT}${index}`;

/** The page and group items: the two lower floors of the set tree. */
export function pageStore(table: Table) {
  return {
    async get(requestId: string, page: number): Promise<Page | undefined> {
      const item = await table.get(pageKey(requestId, page), { consistent: true });
      return item && toPage(item);
    },

    /** Settles these products together, or none: undefined when one of them was settled before. */
    async settle(requestId: string, page: number, { records, expiresAt }: Settlement): Promise<Page | undefined> {
      const indexes = [...records.keys()];
      const item = await table.update(pageKey(requestId, page), {
        set: Object.fromEntries([...records].map(([index, record]) => [recordOf(index), record])),
        setOnce: { requestId, page, expiresAt },
        add: { settled: records.size, ...sumCounts([...records.values()].map(countRecord)) },
        remove: indexes.map((index) => draftOf(index)),
        when: indexes.map((index) => ({ absent: recordOf(index) })),
      });
      return item && toPage(item);
    },

    /** Keeps what is known of a product that can't be settled yet; nothing happens when it was settled meanwhile. */
    async saveDraft(requestId: string, page: number, { index, draft, expiresAt }: SavedDraft): Promise<void> {
      await table.update(pageKey(requestId, page), {
        set: { [draftOf(index)]: draft },
        setOnce: { requestId, page, settled: 0, expiresAt },
        when: [{ absent: recordOf(index) }],
      });
    },

    /** Counts a full page in its group, once; undefined when it was counted before. */
    async addFullPage(requestId: string, { group, page, counts, expiresAt }: FullPage): Promise<Group | undefined> {
      const item = await table.update(groupKey(requestId, group), {
        setOnce: { requestId, expiresAt },
        add: { ...counts, fullPages: new Set([page]) },
        when: [{ lacksMember: ['fullPages', page] }],
      });
      return item && toGroup(item);
    },

    async getGroup(requestId: string, group: number): Promise<Group | undefined> {
      const item = await table.get(groupKey(requestId, group), { consistent: true });
      return item && toGroup(item);
    },

    /** Groups in any order, as far as they have begun. */
    async getGroups(requestId: string, groups: readonly number[]): Promise<Group[]> {
      const items = await table.getMany(groups.map((group) => groupKey(requestId, group)));
      return items.map(toGroup);
    },

    /** Pages in order, from a page number on, group by group; pages that have not begun are left out. */
    async *from(requestId: string, { first, groups, consistent }: PageRange): AsyncGenerator<Page> {
      for (let group = Math.floor(first / PAGES_PER_GROUP); group < groups; group++) {
        let after = first > group * PAGES_PER_GROUP ? pageKey(requestId, first - 1).sk : undefined;
        for (let more = true; more;) {
          const { pk } = groupKey(requestId, group);
          const found = await table.query({ pk, prefix: PAGE_PREFIX, consistent, ...(after && { after }) });
          const pages = found.items.map(toPage);
          yield* pages;
          const last = pages.at(-1);
          if (last) after = pageKey(requestId, last.page).sk;
          more = found.more && last !== undefined;
        }
      }
    },
  };
}

type Settlement = { records: ReadonlyMap<number, ProductRecord>; expiresAt: number };
type SavedDraft = { index: number; draft: Draft; expiresAt: number };
type FullPage = { group: number; page: number; counts: Counts; expiresAt: number };
type PageRange = { first: number; groups: number; consistent: boolean };

const PageHead = z.object({ page: z.number(), settled: z.number() });
const GroupHead = z.object({ fullPages: z.set(z.number()).default(new Set()) });

function toPage(item: Item): Page {
  return {
    ...PageHead.parse(item),
    products: numbered(item, RECORD, (value) => ProductRecord.parse(value)),
    drafts: numbered(item, DRAFT, (value) => Draft.parse(value)),
    counts: countsOf(item),
  };
}

const toGroup = (item: Item): Group => ({ ...GroupHead.parse(item), counts: countsOf(item) });

/** The attributes `<letter><index>` of an item, in the order of their indexes. */
function numbered<T>(item: Item, letter: string, parse: (value: unknown) => T): Map<number, T> {
  const pattern = new RegExp(`^${letter}(\\d+)$`);
  const found = Object.entries(item).flatMap(([name, value]): [number, T][] => {
    const index = pattern.exec(name)?.[1];
    return index === undefined ? [] : [[Number(index), parse(value)]];
  });
  return new Map(found.sort(([a], [b]) => a - b));
}
