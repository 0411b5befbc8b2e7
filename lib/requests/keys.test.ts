import { expect, test } from 'vitest';
import {
  arrivalObject,
  ARRIVALS,
  behindPage,
  deliveryKey,
  dropKey,
  groupKey,
  groupOf,
  imageObject,
  inputObject,
  pageKey,
  requestKey,
  resultObject,
  imageFolder,
  imageObjects,
  readImageObject,
} from './keys.ts';

const first = { requestId: 'ID', generation: 1 };
const second = { requestId: 'ID', generation: 2 };

test('a hundred pages share a group', () => {
  expect([0, 99, 100, 199, 200].map(groupOf)).toEqual([0, 0, 1, 1, 2]);
});

test('items of a request stand where they are looked for', () => {
  expect(requestKey('ID')).toEqual({ pk: 'REQ#ID', sk: 'REQUEST' });
  expect(groupKey(first, 3)).toEqual({ pk: 'REQ#ID#G3', sk: 'GROUP' });
  expect(pageKey(first, 312)).toEqual({ pk: 'REQ#ID#G3', sk: 'PAGE#0000312' });
  expect(deliveryKey('ID', 1, 8)).toEqual({ pk: 'REQ#ID', sk: 'WEBHOOK#0000001#0000008' });
});

test('a retry has keys of its own, right behind those of the first run', () => {
  expect(groupKey(second, 3)).toEqual({ pk: 'REQ#ID#G3', sk: 'GROUP#0000002' });
  expect(pageKey(second, 312)).toEqual({ pk: 'REQ#ID#G3', sk: 'PAGE#0000312#0000002' });
  const sorted = [pageKey(first, 8).sk, pageKey(second, 8).sk, behindPage(8), pageKey(first, 9).sk];
  expect(sorted.toSorted()).toEqual(sorted);
  expect(imageObject(second, { productIndex: 41, slot: 2 }, 'webp')).toBe('ID/41-3-2.webp');
  expect(resultObject(second)).not.toBe(resultObject(first));
});

test('sort keys sort as their numbers do', () => {
  const pages = [9, 10, 99, 1_000, 999_999].map((page) => pageKey(first, page).sk);
  expect(pages.toSorted()).toEqual(pages);
  const attempts = [deliveryKey('ID', 1, 2), deliveryKey('ID', 1, 10), deliveryKey('ID', 2, 1)].map(({ sk }) => sk);
  expect(attempts.toSorted()).toEqual(attempts);
});

test('another version of a dropped object is another event', () => {
  const object = { bucket: 'data', key: 'incoming/drop/a.csv' };
  expect(dropKey({ ...object, version: '1' })).not.toEqual(dropKey({ ...object, version: '2' }));
});

test('output keys are made of ids and numbers, images counted from 1', () => {
  expect(imageObject(first, { productIndex: 0, slot: 0 }, 'jpg')).toBe('ID/0-1.jpg');
  expect(imageObject(first, { productIndex: 41, slot: 2 }, 'webp')).toBe('ID/41-3.webp');
});

test('a key can be read back, and lies in the folder of its request', () => {
  const slot = { productIndex: 41, slot: 2 };
  expect(imageObjects(second, slot).map(readImageObject)).toEqual(
    imageObjects(second, slot).map(() => ({ ...second, productIndex: 41 })),
  );
  expect(readImageObject(imageObject(first, slot, 'jpg'))).toEqual({ ...first, productIndex: 41 });
  expect(imageObjects(first, slot).every((key) => key.startsWith(imageFolder('ID')))).toBe(true);
  for (const key of [
    'ID/a.jpg',
    'ID/1-1',
    'ID/1-1.jpg/2',
    'a/ID/1-1.jpg',
    'ID/1-1-2-3.jpg',
    'ID/1-1.jpg.bak',
    '1-1.jpg',
  ]) {
    expect(readImageObject(key)).toBeUndefined();
  }
});

test('no function writes where a trigger listens', () => {
  expect(arrivalObject('ID')).toBe(`${ARRIVALS}ID`);
  for (const key of [inputObject({ requestId: 'ID' }), resultObject(first)]) expect(key).not.toMatch(/^incoming\//);
});
