import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toConditionExpression, toExpression, type Condition, type Update } from '../../../lib/aws/expression.ts';
import { openTable, type Item } from '../../../lib/aws/table.ts';
import { seed } from '../../hostile/hostile-class.ts';
import { MemoryTable } from '../memory-table.ts';
import { AWS_ENVIRONMENT } from '../lambda.ts';
import { memoryAws } from './memory-aws.ts';
import { mockClients } from './mock-clients.ts';
import { readKeyCondition, readUpdate, readWhen } from './read-expression.ts';

Object.assign(process.env, AWS_ENVIRONMENT);

const key = { pk: 'REQ#1', sk: 'PAGE#0000001' };
const texts = fc.constantFrom('status', 'error', 'r0', 'd1', 'a,b', 'SET ');
const numbers = fc.constantFrom('settled', 'bytesIn');
const sets = fc.constantFrom('fullPages', 'fullGroups');
const member = fc.integer({ min: 0, max: 4 });
const numberSet = fc.array(member, { minLength: 1, maxLength: 3 }).map((members) => new Set(members));
const value = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.constant(null),
  fc.constant({ a: [{ b: 1 }, null], c: ', :0 AND #0' }),
);

const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc.oneof(texts, numbers, sets).map((absent) => ({ absent })),
  fc.oneof(texts, numbers, sets).map((present) => ({ present })),
  fc.tuple(texts, fc.constantFrom<string | number | boolean>('x', 1, true)).map((equal) => ({ equal })),
  fc.tuple(texts, fc.array(fc.string(), { minLength: 1, maxLength: 3 })).map((oneOf) => ({ oneOf })),
  fc.tuple(sets, member).map((lacksMember) => ({ lacksMember })),
);
const conditions = fc.array(condition, { maxLength: 3 });

/** Every attribute at most once: DynamoDB refuses overlapping paths. */
const update: fc.Arbitrary<Update> = fc
  .record({
    set: fc.dictionary(texts, value, { minKeys: 1, maxKeys: 3 }),
    setOnce: fc.dictionary(texts, value, { maxKeys: 3 }),
    addNumbers: fc.dictionary(numbers, fc.integer({ min: -9, max: 9 })),
    addSets: fc.dictionary(sets, numberSet),
    remove: fc.uniqueArray(texts),
    when: conditions,
  })
  .map(({ set, setOnce, addNumbers, addSets, remove, when }) => {
    const once = Object.fromEntries(Object.entries(setOnce).filter(([name]) => !(name in set)));
    const gone = remove.filter((name) => !(name in set) && !(name in once));
    return { set, setOnce: once, add: { ...addNumbers, ...addSets }, remove: gone, when };
  });

test('an update that was written is read back as it was', () => {
  const roundTrip = (given: Update) => {
    expect(readUpdate(toExpression(given))).toEqual(given);
  };
  fc.assert(fc.property(update, roundTrip), { seed });
});

test('the conditions of a put are read back as they were', () => {
  const roundTrip = (when: Condition[]) => {
    expect(readWhen(toConditionExpression(when))).toEqual(when);
  };
  fc.assert(fc.property(fc.array(condition, { minLength: 1, maxLength: 3 }), roundTrip), { seed });
});

test('a table behind the SDK does what the same table does without it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(update, { minLength: 1, maxLength: 8 }), async (updates) => {
      mockClients(memoryAws());
      const behind = openTable('rowpress');
      const direct = new MemoryTable();
      for (const one of updates) expect(await behind.update(key, one)).toEqual(await direct.update(key, one));
      const item: typeof key & Item = { ...key, webhookUrl: undefined, settled: 1 };
      const when = updates[0]?.when ?? [];
      expect(await behind.put(item, when)).toBe(await direct.put(item, when));
      expect(await behind.get(key)).toEqual(await direct.get(key));
      const query = { pk: key.pk, prefix: 'PAGE#', after: 'PAGE#0', limit: 3 };
      expect(await behind.query(query)).toEqual(await direct.query(query));
      expect(await behind.getMany([key, { ...key, sk: 'none' }])).toEqual(await direct.getMany([key]));
    }),
    { numRuns: 50, seed },
  );
});

test.each([
  ['a value that is not there', { UpdateExpression: 'SET #0 = :0', ExpressionAttributeNames: { '#0': 'status' } }],
  ['a word that is none', { UpdateExpression: 'DELETE #0 :0' }],
  [
    'a name to spare',
    {
      UpdateExpression: 'SET #0 = :0',
      ExpressionAttributeNames: { '#0': 'a', '#1': 'b' },
      ExpressionAttributeValues: { ':0': 1 },
    },
  ],
  [
    'arithmetic',
    {
      UpdateExpression: 'SET #0 = #0 + :0',
      ExpressionAttributeNames: { '#0': 'a' },
      ExpressionAttributeValues: { ':0': 1 },
    },
  ],
])('an update with %s is refused', (_name, written) => {
  expect(() => readUpdate(written)).toThrow();
});

test.each(['#0 < :0', '#0 = :0 OR #0 = :1', 'size(#0) = :0'])('a condition %s is refused', (ConditionExpression) => {
  const ExpressionAttributeNames = { '#0': 'a' };
  const ExpressionAttributeValues = { ':0': 1, ':1': 2 };
  expect(() => readWhen({ ConditionExpression, ExpressionAttributeNames, ExpressionAttributeValues })).toThrow();
});

test('a key condition of another kind is refused', () => {
  expect(() => readKeyCondition({ KeyConditionExpression: '#partition = :partition AND #sort > :after' })).toThrow();
});
