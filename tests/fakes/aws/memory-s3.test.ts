import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { beforeEach, expect, test } from 'vitest';
import { objectWriters } from '../../../lib/aws/object-writer.ts';
import { ObjectMissing, openBucket, type Objects } from '../../../lib/aws/objects.ts';
import { AWS_ENVIRONMENT, SETTINGS } from '../lambda.ts';
import { memoryAws, queueOf, type MemoryAws } from './memory-aws.ts';
import { mockClients } from './mock-clients.ts';

const bucket = SETTINGS.DATA_BUCKET ?? '';
let aws: MemoryAws;
let objects: Objects;

beforeEach(() => {
  Object.assign(process.env, AWS_ENVIRONMENT);
  aws = memoryAws();
  mockClients(aws);
  objects = openBucket(bucket);
});

const read = async (key: string) => await text(await objects.read(key));
const csv = { contentType: 'text/csv' };

test('what was put is read, and described by its eTag', async () => {
  await objects.put('a b/ü.csv', Buffer.from('text'), csv);
  expect(await read('a b/ü.csv')).toBe('text');
  expect(await objects.head('a b/ü.csv')).toEqual({
    bytes: 4,
    eTag: '"1cb251ec0d568de6a929b520c4aed8d1"',
    metadata: {},
  });
});

test('what is missing is missing', async () => {
  await expect(objects.read('none')).rejects.toThrow(ObjectMissing);
  await expect(objects.head('none')).rejects.toThrow(ObjectMissing);
  await expect(objects.copy({ key: 'none', eTag: 'x' }, 'copy')).rejects.toThrow(ObjectMissing);
});

test('a copy is made of what was meant only', async () => {
  await objects.put('100% +ü.csv', Buffer.from('text'), csv);
  const { eTag } = await objects.head('100% +ü.csv');
  await objects.copy({ key: '100% +ü.csv', eTag }, 'copy');
  expect(await read('copy')).toBe('text');
  await objects.put('100% +ü.csv', Buffer.from('other'), csv);
  await expect(objects.copy({ key: '100% +ü.csv', eTag }, 'copy')).rejects.toThrow(ObjectMissing);
});

test('a large object comes in parts and appears whole, or leaves nothing', async () => {
  const piece = 'x'.repeat(1024 * 1024);
  const write = async (key: string) => {
    const writer = objectWriters(bucket)(key, csv);
    for (let pieces = 0; pieces < 17; pieces++) await writer.write(`${pieces % 10}${piece.slice(1)}`);
    return writer;
  };
  await (await write('large')).close();
  const large = await read('large');
  expect(large).toHaveLength(17 * piece.length);
  expect(Array.from({ length: 17 }, (_, at) => large[at * piece.length]).join('')).toBe('01234567890123456');
  await (await write('aborted')).abort(new Error('no more'));
  expect(aws.s3.keys(bucket)).toEqual(['large']);
  expect(aws.s3.unfinishedUploads).toBe(0);
});

test('keys are listed in order, page by page, and deleted', async () => {
  const keys = Array.from({ length: 60 }, (_, at) => `results/${String(at).padStart(2, '0')}`);
  for (const key of ['other', ...keys]) await objects.put(key, Buffer.from(''), csv);
  expect(await Readable.from(objects.list('results/')).toArray()).toEqual(keys);
  await objects.delete([...keys.slice(1), 'none']);
  expect(aws.s3.keys(bucket)).toEqual(['other', 'results/00']);
});

test('S3 tells of what comes under incoming/, with its key as in a form', async () => {
  await objects.put('uploads/1.csv', Buffer.from('text'), csv);
  expect(aws.sqs.left()).toEqual({});
  await objects.put('incoming/drop/50% off + new.csv', Buffer.from('text'), csv);
  const [message] = aws.sqs.queue(queueOf('INGEST_QUEUE_URL')).messages;
  const { Records } = JSON.parse(message?.body ?? '') as { Records: { s3: { object: object; bucket: object } }[] };
  expect(Records[0]?.s3).toMatchObject({
    bucket: { name: bucket },
    object: { key: 'incoming/drop/50%25+off+%2B+new.csv', eTag: '1cb251ec0d568de6a929b520c4aed8d1' },
  });
});
