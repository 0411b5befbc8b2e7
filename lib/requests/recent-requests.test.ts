import { expect, test } from 'vitest';
import { makeRequest } from '../../tests/fakes/make-request.ts';
import { recentRequests } from './recent-requests.ts';

function prepare(known = true) {
  const asked: string[] = [];
  let time = 0;
  const find = recentRequests(
    (requestId) => {
      asked.push(requestId);
      return Promise.resolve(known ? makeRequest({ requestId, generation: asked.length }) : undefined);
    },
    () => time,
  );
  return {
    asked,
    find: (requestId: string, generation = 1) => find({ requestId, generation }),
    pass: (ms: number) => (time += ms),
  };
}

test('asks once for many pages of one request', async () => {
  const { asked, find } = prepare();
  for (let page = 0; page < 5; page++) expect((await find('a'))?.requestId).toBe('a');
  expect(asked).toEqual(['a']);
});

test('asks again after five seconds', async () => {
  const { asked, find, pass } = prepare();
  await find('a');
  pass(4_999);
  await find('a');
  pass(1);
  await find('a');
  expect(asked).toEqual(['a', 'a']);
});

test('does not remember that a request was not there', async () => {
  const { asked, find } = prepare(false);
  expect(await find('a')).toBeUndefined();
  await find('a');
  expect(asked).toEqual(['a', 'a']);
});

test('keeps a hundred requests and forgets the oldest', async () => {
  const { asked, find } = prepare();
  for (let at = 0; at <= 100; at++) await find(String(at));
  await find('1');
  expect(asked).toHaveLength(101);
  await find('0');
  expect(asked).toHaveLength(102);
});

test('never gives a request from before the run that is asked for', async () => {
  const { asked, find } = prepare();
  await find('a');
  expect((await find('a', 2))?.generation).toBe(2);
  await find('a', 1);
  expect(asked).toEqual(['a', 'a']);
});
