import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Condition, Update } from '../../lib/aws/expression.ts';
import { openTable, type Key, type Query, type Table } from '../../lib/aws/table.ts';
import { openIndex } from '../../lib/requests/keys.ts';
import { AWS_ENVIRONMENT } from './lambda.ts';
import { MemoryTable } from './memory-table.ts';
import { seededRandom, type Random } from './seeded-random.ts';

/** The table of the fakes and a DynamoDB emulator do the same random things and must agree on every answer. */
const server = dynalite({ createTableMs: 0 });
let real: Table;
let client: DynamoDBClient;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  Object.assign(process.env, AWS_ENVIRONMENT);
  client = new DynamoDBClient({ endpoint: `http://127.0.0.1:${port}` });
  const key = (name: string) => ({ AttributeName: name, AttributeType: 'S' as const });
  const schema = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: 'HASH' as const },
    { AttributeName: range, KeyType: 'RANGE' as const },
  ];
  await client.send(
    new CreateTableCommand({
      TableName: 'rowpress',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk', 'ownerKey', 'createdKey', 'openKey'].map(key),
      KeySchema: schema('pk', 'sk'),
      GlobalSecondaryIndexes: [
        { IndexName: 'byOwner', KeySchema: schema('ownerKey', 'createdKey'), Projection: { ProjectionType: 'ALL' } },
        {
          IndexName: 'byOpen',
          KeySchema: schema('openKey', 'createdKey'),
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    }),
  );
  real = openTable('rowpress', client);
});

afterAll(async () => {
  client.destroy();
  server.close();
  await once(server, 'close');
});

// Each has one type throughout, as in the product: DynamoDB refuses what does not fit.
const TEXTS = ['status', 'owner'];
const NUMBERS = ['settled', 'bytesIn', 'generation'];
const SETS = ['fullPages', 'fullGroups'];
const RECORDS = ['r0', 'r1', 'd1'];

const keyOf = (random: Random, seed: number): Key => ({
  pk: `SEED#${seed}#${random.whole(1, 2)}`,
  sk: `PAGE#${random.whole(0, 4)}`,
});

function valueOf(name: string, random: Random): unknown {
  if (TEXTS.includes(name)) return random.pick(['RECEIVED', 'PROCESSING', 'Ünicode']);
  if (NUMBERS.includes(name)) return random.pick([0, 1, 2, -3, 1.5]);
  if (SETS.includes(name)) return new Set([random.whole(0, 3), random.whole(0, 3)]);
  return random.pick([null, true, [], {}, '', { url: 'x', images: [null, { code: 'timeout', httpStatus: null }] }]);
}

const filled = (names: string[], random: Random): Record<string, unknown> =>
  Object.fromEntries(names.map((name) => [name, valueOf(name, random)]));

function conditionOf(random: Random): Condition {
  switch (random.whole(1, 5)) {
    case 1:
      return { absent: random.pick(['pk', ...TEXTS, ...NUMBERS, ...SETS, ...RECORDS]) };
    case 2:
      return { present: random.pick(['pk', ...TEXTS, ...NUMBERS, ...SETS, ...RECORDS]) };
    case 3:
      return random.chance(0.5) ? { equal: ['generation', random.whole(0, 2)] } : { equal: ['status', 'RECEIVED'] };
    case 4:
      return { oneOf: ['status', random.sample(['RECEIVED', 'PROCESSING', 'FAILED'], random.whole(1, 3))] };
    default:
      return { lacksMember: [random.pick(SETS), random.whole(0, 3)] };
  }
}

const conditionsOf = (random: Random) => Array.from({ length: random.whole(0, 2) }, () => conditionOf(random));

/** No attribute twice: DynamoDB refuses overlapping paths. */
function updateOf(random: Random): Update {
  const names = random.sample([...TEXTS, ...NUMBERS, ...SETS, ...RECORDS], 6);
  const isAdded = (name: string) => [...NUMBERS, ...SETS].includes(name) && random.chance(0.5);
  const added = names.filter(isAdded);
  const [first = 'x', second = 'y', third = 'z'] = names.filter((name) => !added.includes(name));
  return {
    set: filled([first], random),
    ...(random.chance(0.5) && { setOnce: filled([second], random) }),
    ...(random.chance(0.3) && { remove: [third] }),
    add: filled(added, random) as Record<string, number | Set<number>>,
    when: conditionsOf(random),
  };
}

type Step = (table: Table) => Promise<unknown>;

/** One call of a table; each seed has partitions of its own, for all share one emulator. */
function stepOf(random: Random, seed: number): Step {
  const key = keyOf(random, seed);
  const kind = random.next();
  if (kind < 0.6) {
    const update = updateOf(random);
    return (table) => table.update(key, update);
  }
  if (kind < 0.75) {
    const own = { ...filled(random.sample([...TEXTS, ...NUMBERS, ...SETS], 3), random), webhookUrl: undefined };
    const listed = random.chance(0.5) ? { ownerKey: 'OWNER#a', createdKey: `${key.pk}${key.sk}` } : {};
    const when = conditionsOf(random);
    return (table) => table.put({ ...key, ...own, ...listed }, when);
  }
  if (kind < 0.9) return (table) => table.get(key, { consistent: true });
  const keys = [key, { ...key, sk: `${key.sk}0` }, { ...key, pk: 'nobody' }];
  return async (table) => (await table.getMany(keys)).toSorted((a, b) => (String(a.sk) < String(b.sk) ? -1 : 1));
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])('three hundred random calls give the same answers (seed %i)', async (seed) => {
  const random = seededRandom(seed);
  const memory = new MemoryTable();
  for (let at = 0; at < 300; at++) {
    const step = stepOf(random, seed);
    expect(await step(memory), `call ${at}`).toEqual(await step(real));
  }
});

const items = Array.from({ length: 9 }, (_, at) => ({
  pk: 'QUERY',
  sk: `${at % 2 === 0 ? 'PAGE' : 'GROUP'}#${at}`,
  ownerKey: 'OWNER#queried',
  createdKey: `0${at}`,
  ...(at % 2 === 0 && { openKey: 'OPEN' }),
  at,
}));
const index = { name: 'byOwner', partition: ['ownerKey', 'OWNER#queried'] as const, sort: 'createdKey' };

test.each<[string, Query]>([
  ['of a partition', { pk: 'QUERY', limit: 20 }],
  ['of a prefix', { pk: 'QUERY', prefix: 'PAGE#', limit: 20, consistent: true }],
  ['behind a sort key', { pk: 'QUERY', prefix: 'PAGE#', after: 'PAGE#2', limit: 20 }],
  ['behind a sort key that is not there', { pk: 'QUERY', prefix: 'PAGE#', after: 'PAGE#3', limit: 20 }],
  ['newest first, some', { pk: 'QUERY', newestFirst: true, limit: 4 }],
  ['of the index', { index, newestFirst: true, limit: 20 }],
  [
    'of the index behind an item',
    { index: { ...index, key: { pk: 'QUERY', sk: 'GROUP#5' } }, after: '05', newestFirst: true, limit: 20 },
  ],
  ['of the open ones, oldest first', { index: openIndex, limit: 3 }],
  [
    'of the open ones behind one that is open no longer',
    { index: { ...openIndex, key: { pk: 'QUERY', sk: 'GROUP#3' } }, after: '03', limit: 20 },
  ],
  ['of nothing', { pk: 'NOTHING', limit: 20 }],
])('a query %s gives the same items in the same order', async (_name, query) => {
  const memory = new MemoryTable();
  for (const item of items) {
    await memory.put(item);
    await real.put(item);
  }
  expect((await memory.query(query)).items).toEqual((await real.query(query)).items);
});
