import type { Item } from '../../lib/aws/table.ts';
import type { MemoryAws } from '../fakes/aws/memory-aws.ts';

const ENDED: readonly unknown[] = ['COMPLETED', 'COMPLETED_WITH_ERRORS', 'FAILED', 'CANCELLED'];

export type Ledger = ReturnType<typeof keepLedger>;

/** Writes down what must happen once only, at the moment of its write: the ends of requests, and settled products. */
export function keepLedger(aws: MemoryAws) {
  const ends: string[] = [];
  const settled = new Map<string, number>();
  aws.dynamodb.onWrite(({ key, after, set }) => {
    if (key.sk === 'REQUEST' && set.includes('status') && ENDED.includes(after.status)) ends.push(nameOf(after));
    if (!key.sk.startsWith('PAGE#')) return;
    for (const product of set.filter((name) => /^r\d+$/.test(name))) {
      const name = `${key.pk} ${generationOf(key.sk)} ${product}`;
      settled.set(name, (settled.get(name) ?? 0) + 1);
    }
  });
  return {
    /** `<request id>, run <generation>: <status>` for every write that set an ended status. */
    ends: ends as readonly string[],
    /** How often each product was settled, by its request, run and place. */
    settled: settled as ReadonlyMap<string, number>,
  };
}

const nameOf = (request: Item) =>
  `${String(request.requestId)}, run ${String(request.generation)}: ${String(request.status)}`;

const generationOf = (sk: string) => Number(sk.split('#')[2] ?? 1);
