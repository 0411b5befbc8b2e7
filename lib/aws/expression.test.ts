import { expect, test } from 'vitest';
import { spelledOut } from '../../tests/fakes/mock-aws.ts';
import { toConditionExpression, toExpression, type Condition, type Update } from './expression.ts';

test.each<[string, Update, string]>([
  ['sets', { set: { status: 'DONE', at: 5 } }, 'SET status = "DONE", at = 5'],
  ['sets once', { setOnce: { settled: 0 } }, 'SET settled = if_not_exists(settled, 0)'],
  ['adds numbers and members of sets', { add: { bytes: 7, full: new Set([3]) } }, 'ADD bytes 7, full [3]'],
  ['removes', { remove: ['d1', 'd2'] }, 'REMOVE d1, d2'],
  [
    'does all of it in one update',
    { set: { a: 1 }, setOnce: { b: 2 }, add: { c: 3 }, remove: ['d'] },
    'SET a = 1, b = if_not_exists(b, 2) ADD c 3 REMOVE d',
  ],
])('%s', (_name, update, expected) => {
  expect(spelledOut(toExpression(update), 'UpdateExpression')).toBe(expected);
});

test.each<[Condition, string]>([
  [{ absent: 'r1' }, 'attribute_not_exists(r1)'],
  [{ present: 'requestId' }, 'attribute_exists(requestId)'],
  [{ equal: ['generation', 2] }, 'generation = 2'],
  [{ oneOf: ['status', ['A', 'B']] }, 'status IN ("A", "B")'],
  [{ lacksMember: ['fullPages', 7] }, 'NOT contains(fullPages, 7)'],
])('a condition %j', (condition, expected) => {
  expect(spelledOut(toExpression({ set: { x: 1 }, when: [condition] }), 'ConditionExpression')).toBe(expected);
  expect(spelledOut(toConditionExpression([condition]), 'ConditionExpression')).toBe(expected);
});

test('all conditions must hold', () => {
  const when: Condition[] = [{ absent: 'a' }, { equal: ['b', 'x'] }];
  expect(spelledOut(toConditionExpression(when), 'ConditionExpression')).toBe('attribute_not_exists(a) AND b = "x"');
});

test('names and values only travel in placeholders: reserved words and hostile text mean nothing', () => {
  const hostile = 'x) OR attribute_exists(pk';
  const { UpdateExpression, ConditionExpression } = toExpression({
    set: { status: hostile, [hostile]: 1 },
    when: [{ equal: ['name', hostile] }],
  });
  expect(UpdateExpression).toBe('SET #0 = :0, #1 = :1');
  expect(ConditionExpression).toBe('#2 = :2');
});

test('an attribute has one placeholder however often it is named', () => {
  const { ExpressionAttributeNames } = toExpression({ set: { a: 1 }, when: [{ absent: 'a' }, { equal: ['a', 2] }] });
  expect(ExpressionAttributeNames).toEqual({ '#0': 'a' });
});

test('says nothing of conditions or values when there are none: DynamoDB refuses empty ones', () => {
  expect(toExpression({ remove: ['a'] })).toEqual({
    UpdateExpression: 'REMOVE #0',
    ExpressionAttributeNames: { '#0': 'a' },
  });
});
