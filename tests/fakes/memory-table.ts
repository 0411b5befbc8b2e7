import type { Condition, Update } from '../../lib/aws/expression.ts';
import type { Item, Key, Query, Table } from '../../lib/aws/table.ts';
import { openIndex } from '../../lib/requests/keys.ts';

/** Awaited around every call; what it throws stands for a crash or a lost answer there. */
export type Fault = (call: string, moment: 'before' | 'after') => void | Promise<void>;

/** Sees every write that was done: the item before it, if there was one, and after it. Must not change them. */
export type Watch = (after: Item, before: Item | undefined) => void;

/** A table in memory with DynamoDB's meaning of the conditions and updates that Rowpress uses. */
export class MemoryTable implements Table {
  readonly items = new Map<string, Item>();
  private readonly fault: Fault;
  private readonly watch: Watch;

  constructor(fault: Fault = () => undefined, watch: Watch = () => undefined) {
    this.fault = fault;
    this.watch = watch;
  }

  get = (key: Key) => this.call('get', () => this.find(key));

  getMany = (keys: readonly Key[]) =>
    this.call('getMany', () => keys.map((key) => this.find(key)).filter((item) => item !== undefined));

  put = (item: Key & Item, when: readonly Condition[] = []) =>
    this.call('put', () => {
      if (!when.every((condition) => holds(condition, this.items.get(nameOf(item))))) return false;
      const next = copyOf(withoutUndefined(item));
      this.watch(next, this.items.get(nameOf(item)));
      this.items.set(nameOf(item), next);
      return true;
    });

  update = (key: Key, update: Update) =>
    this.call('update', () => {
      const current = this.items.get(nameOf(key));
      if (!(update.when ?? []).every((condition) => holds(condition, current))) return undefined;
      const next = copyOf({ ...current, ...key });
      apply(next, update);
      this.watch(next, current);
      this.items.set(nameOf(key), next);
      return copyOf(next);
    });

  query = (query: Query) =>
    this.call('query', () => {
      const [name, value] = query.index?.partition ?? ['pk', query.pk];
      const sort = query.index?.sort ?? 'sk';
      const sortOf = (item: Item) => String(item[sort]);
      const direction = query.newestFirst === true ? -1 : 1;
      const matches = [...this.items.values()]
        .filter((item) => item[name] === value && sort in item && sortOf(item).startsWith(query.prefix ?? ''))
        .sort((a, b) => direction * (sortOf(a) < sortOf(b) ? -1 : 1));
      const { after } = query;
      const found =
        after === undefined
          ? matches
          : matches.filter((item) => direction * (sortOf(item) > after ? 1 : -1) > 0 && sortOf(item) !== after);
      const items = found.slice(0, query.limit ?? 7).map((item) => copyOf(projected(item, query.index)));
      return { items, more: items.length < found.length };
    });

  private find(key: Key): Item | undefined {
    return copyOf(this.items.get(nameOf(key)));
  }

  private async call<T>(name: string, work: () => T): Promise<T> {
    await this.fault(name, 'before');
    const result = work();
    await this.fault(name, 'after');
    return result;
  }
}

/** What an item may hold is copied so in a fraction of the time that structuredClone takes. */
function copyOf<T>(value: T): T;
function copyOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Set) return new Set(value);
  if (Array.isArray(value)) return value.map((member: unknown) => copyOf(member));
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, copyOf<unknown>(member)]));
}

const nameOf = ({ pk, sk }: Key) => `${pk} ${sk}`;

/** Indexes that hold nothing but keys, as infra/table.yml declares them. */
const KEYS_ONLY: ReadonlySet<string | undefined> = new Set([openIndex.name]);

function projected(item: Item, index: Query['index']): Item {
  if (!index || !KEYS_ONLY.has(index.name)) return item;
  const keys = ['pk', 'sk', index.partition[0], index.sort];
  return Object.fromEntries(keys.map((name) => [name, item[name]]));
}

const withoutUndefined = (item: Item): Item =>
  Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined));

function holds(condition: Condition, item: Item = {}): boolean {
  if ('absent' in condition) return !(condition.absent in item);
  if ('present' in condition) return condition.present in item;
  if ('equal' in condition) return item[condition.equal[0]] === condition.equal[1];
  if ('oneOf' in condition) return condition.oneOf[1].includes(String(item[condition.oneOf[0]]));
  const set = item[condition.lacksMember[0]];
  return !(set instanceof Set && set.has(condition.lacksMember[1]));
}

function apply(item: Item, { set = {}, setOnce = {}, add = {}, remove = [] }: Update): void {
  Object.assign(item, copyOf(withoutUndefined(set)));
  // An attribute that is null exists.
  for (const [name, value] of Object.entries(setOnce)) if (!(name in item)) item[name] = copyOf(value);
  for (const [name, value] of Object.entries(add)) {
    const current = item[name];
    if (value instanceof Set) item[name] = new Set([...(current instanceof Set ? current : []), ...value]);
    else item[name] = (typeof current === 'number' ? current : 0) + value;
  }
  for (const name of remove) Reflect.deleteProperty(item, name);
}
