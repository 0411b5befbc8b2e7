import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { Item, Key, Query } from '../../../lib/aws/table.ts';
import { MemoryTable } from '../memory-table.ts';
import { readKeyCondition, readUpdate, readWhen, type Written } from './read-expression.ts';

/** A write that took effect: the item before and after, and which attributes it set. */
export type TableWrite = { key: Key; before: Item | undefined; after: Item; set: readonly string[] };

type Keyed = { Key: Key };
type Consistency = { ConsistentRead?: boolean };
type BatchGet = { RequestItems: Record<string, { Keys: Key[] }> };
type QueryInput = Written &
  Consistency & {
    IndexName?: string;
    ExclusiveStartKey?: Key & Record<string, string>;
    ScanIndexForward?: boolean;
    Limit?: number;
  };

/** The table in memory, behind the document commands that lib/aws/table.ts sends. */
export class MemoryDynamoDb {
  readonly table = new MemoryTable();
  /** Whether a read that is not consistent gives an item as it was before its last write. */
  readsStale: () => boolean = () => false;
  readonly #earlier = new Map<string, Item | undefined>();
  readonly #listeners: ((write: TableWrite) => void)[] = [];

  onWrite(listener: (write: TableWrite) => void): void {
    this.#listeners.push(listener);
  }

  readonly actions = {
    Get: async ({ Key, ConsistentRead = false }: Keyed & Consistency) => ({
      Item: this.#seen(Key, await this.table.get(Key), ConsistentRead),
    }),

    BatchGet: async ({ RequestItems }: BatchGet) => {
      const [name = '', { Keys } = { Keys: [] }] = Object.entries(RequestItems)[0] ?? [];
      if (Keys.length === 0 || Keys.length > 100) throw new Error('ValidationException: 1 to 100 keys');
      return { Responses: { [name]: this.#allSeen(await this.table.getMany(Keys), false) }, UnprocessedKeys: {} };
    },

    Put: async (input: Written & { Item: Key & Item }) => {
      const before = this.#find(input.Item);
      if (!(await this.table.put(input.Item, readWhen(input)))) throw refused();
      this.#tell({ key: input.Item, before, after: this.#find(input.Item) ?? {}, set: Object.keys(input.Item) });
      return {};
    },

    Update: async (input: Written & Keyed) => {
      const before = this.#find(input.Key);
      const update = readUpdate(input);
      const after = await this.table.update(input.Key, update);
      if (!after) throw refused();
      this.#tell({ key: input.Key, before, after, set: Object.keys(update.set ?? {}) });
      return { Attributes: after };
    },

    Query: async (input: QueryInput) => {
      const { items, more } = await this.table.query(readQuery(input));
      const seen = this.#allSeen(items, input.ConsistentRead ?? false);
      return { Items: seen, ...(more && { LastEvaluatedKey: { pk: 'more' } }) };
    },
  };

  #seen(key: Key, current: Item | undefined, consistent: boolean): Item | undefined {
    if (consistent || !this.#earlier.has(nameOf(key)) || !this.readsStale()) return current;
    return structuredClone(this.#earlier.get(nameOf(key)));
  }

  #allSeen(items: Item[], consistent: boolean): Item[] {
    const seen = items.map((item) => this.#seen({ pk: String(item.pk), sk: String(item.sk) }, item, consistent));
    return seen.filter((item) => item !== undefined);
  }

  #find(key: Key): Item | undefined {
    return this.table.items.get(nameOf(key));
  }

  #tell(write: TableWrite): void {
    this.#earlier.set(nameOf(write.key), write.before);
    for (const listener of this.#listeners) listener(write);
  }
}

const nameOf = ({ pk, sk }: Key) => `${pk} ${sk}`;

const refused = () => new ConditionalCheckFailedException({ message: 'The conditional request failed', $metadata: {} });

/** The sort keys of the indexes of infra/table.yml, by their partition keys. */
const sortOf = (partition: string) => (partition === 'pk' ? 'sk' : 'createdKey');

function readQuery(input: QueryInput): Query {
  const { partition, prefix } = readKeyCondition(input);
  const sort = sortOf(partition[0]);
  const after = input.ExclusiveStartKey?.[sort];
  return {
    ...(input.IndexName === undefined ? { pk: partition[1] } : { index: { name: input.IndexName, partition, sort } }),
    ...(prefix !== undefined && { prefix }),
    ...(after !== undefined && { after }),
    newestFirst: input.ScanIndexForward === false,
    ...(input.Limit !== undefined && { limit: input.Limit }),
  };
}
