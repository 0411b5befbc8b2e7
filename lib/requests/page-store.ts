import * as z from 'zod';
import type { Item, Query, Table } from '../aws/table.ts';
import { countsOf, sumCounts, type Counts } from './counts.ts';
import {
  behindPage,
  groupKey,
  groupOf,
  groupPartition,
  PAGE_PREFIX,
  pageKey,
  pagePrefix,
  pageSortKey,
  PAGES_PER_GROUP,
  type Run,
} from './keys.ts';
import { ImageOutcome, ProductRecord } from './product-record.ts';

export type PageStore = ReturnType<typeof pageStore>;

/** A page as its item tells it; products by their index in the file. */
export type Page = {
  page: number;
  generation: number;
  settled: number;
  products: Map<number, ProductRecord>;
  /** What is known of products that are not settled yet. */
  drafts: Map<number, Draft>;
  /** The last delivery that gave the page back in order; one that died did not. */
  returned: number | undefined;
  counts: Counts;
};

/** By slot: how the image ended, which is not fetched again; or how many deliveries never came back from it; or null. */
export type Draft = z.output<typeof Draft>;
const Draft = z.array(z.union([ImageOutcome, z.int().min(1), z.null()]));

/** How a product ended, and what that adds to the counts. */
export type Ending = { record: ProductRecord; counts: Counts };

/** A page's settled products, each as its latest run left it. */
export type SettledPage = Pick<Page, 'page' | 'products'>;

export type Group = { fullPages: ReadonlySet<number>; counts: Counts };

const RECORD = 'r';
const DRAFT = 'd';
const recordAttribute = (index: number) => `${RECORD}${index}`;
const draftAttribute = (index: number) => `${DRAFT}${index}`;

/** The page and group items: the two lower floors of the set tree. */
export function pageStore(table: Table) {
  return {
    async get(run: Run, page: number): Promise<Page | undefined> {
      const item = await table.get(pageKey(run, page), { consistent: true });
      return item && toPage(item);
    },

    /** A page in every run of its request, the first one first. */
    async runs(requestId: string, page: number): Promise<Page[]> {
      const pk = groupPartition(requestId, groupOf(page));
      const found: Page[] = [];
      for await (const run of pageItems(table, { pk, prefix: pagePrefix(page), consistent: true })) found.push(run);
      return found;
    },

    /** Settles these products together, or none: undefined when one of them was settled before. */
    async settle(run: Run, page: number, { endings, expiresAt }: Settlement): Promise<Page | undefined> {
      const indexes = [...endings.keys()];
      const item = await table.update(pageKey(run, page), {
        set: Object.fromEntries([...endings].map(([index, { record }]) => [recordAttribute(index), record])),
        setOnce: { requestId: run.requestId, generation: run.generation, page, expiresAt },
        add: { settled: endings.size, ...sumCounts([...endings.values()].map(({ counts }) => counts)) },
        remove: indexes.map((index) => draftAttribute(index)),
        when: indexes.map((index) => ({ absent: recordAttribute(index) })),
      });
      return item && toPage(item);
    },

    /** Keeps what is known of products that can't be settled yet; nothing happens when one of them was settled meanwhile. */
    async saveDrafts(run: Run, page: number, { drafts, returned, expiresAt }: SavedDrafts): Promise<void> {
      await table.update(pageKey(run, page), {
        set: {
          ...Object.fromEntries([...drafts].map(([index, draft]) => [draftAttribute(index), draft])),
          ...(returned !== undefined && { returned }),
        },
        setOnce: { requestId: run.requestId, generation: run.generation, page, settled: 0, expiresAt },
        when: [...drafts.keys()].map((index) => ({ absent: recordAttribute(index) })),
      });
    },

    /** Counts a full page in its group, once; undefined when it was counted before. */
    async addFullPage(run: Run, { page, counts, expiresAt }: FullPage): Promise<Group | undefined> {
      const item = await table.update(groupKey(run, groupOf(page)), {
        setOnce: { requestId: run.requestId, generation: run.generation, expiresAt },
        add: { ...counts, fullPages: new Set([page]) },
        when: [{ lacksMember: ['fullPages', page] }],
      });
      return item && toGroup(item);
    },

    async getGroup(run: Run, group: number): Promise<Group | undefined> {
      const item = await table.get(groupKey(run, group), { consistent: true });
      return item && toGroup(item);
    },

    /** Groups in any order, as far as they have begun. */
    async getGroups(run: Run, groups: readonly number[]): Promise<Group[]> {
      const items = await table.getMany(groups.map((group) => groupKey(run, group)));
      return items.map(toGroup);
    },

    /** Pages in order, from a page number on, group by group; pages that have not begun are left out. */
    async *from(requestId: string, range: PageRange): AsyncGenerator<SettledPage> {
      let latest: SettledPage | undefined;
      for await (const { page, products, generation } of eachRun(table, requestId, range)) {
        if (generation >= (range.before ?? Infinity) || range.without?.has(generation)) continue;
        if (latest?.page === page) {
          latest.products = new Map([...latest.products, ...products]);
        } else {
          if (latest) yield latest;
          latest = { page, products };
        }
      }
      if (latest) yield latest;
    },
  };
}

type Settlement = { endings: ReadonlyMap<number, Ending>; expiresAt: number };
type SavedDrafts = { drafts: ReadonlyMap<number, Draft>; returned?: number | undefined; expiresAt: number };
type FullPage = { page: number; counts: Counts; expiresAt: number };
/** `before` leaves out that run and later ones, `without` some runs. */
type PageRange = {
  first: number;
  groups: number;
  consistent: boolean;
  before?: number;
  without?: ReadonlySet<number> | undefined;
};

/** The page items in the order of their keys: a page's runs follow each other. */
async function* eachRun(
  table: Table,
  requestId: string,
  { first, groups, consistent }: PageRange,
): AsyncGenerator<Page> {
  for (let group = groupOf(first); group < groups; group++) {
    const pk = groupPartition(requestId, group);
    const after = first > group * PAGES_PER_GROUP ? { after: behindPage(first - 1) } : {};
    yield* pageItems(table, { pk, prefix: PAGE_PREFIX, consistent, ...after });
  }
}

async function* pageItems(table: Table, query: Query): AsyncGenerator<Page> {
  for (let next: Query | undefined = query; next;) {
    const { items, more }: { items: Item[]; more: boolean } = await table.query(next);
    const pages = items.map(toPage);
    yield* pages;
    const last = pages.at(-1);
    next = more && last ? { ...query, after: pageSortKey(last) } : undefined;
  }
}

const PageHead = z.object({
  page: z.number(),
  generation: z.number().default(1),
  settled: z.number(),
  returned: z.number().optional(),
});
const GroupHead = z.object({ fullPages: z.set(z.number()).default(new Set()) });

function toPage(item: Item): Page {
  const { returned, ...head } = PageHead.parse(item);
  return {
    ...head,
    returned,
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
