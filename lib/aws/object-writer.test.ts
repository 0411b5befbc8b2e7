import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { nameOf } from '../../tests/fakes/mock-aws.ts';
import { objectWriters } from './object-writer.ts';

const s3 = mockClient(S3Client);
const client = new S3Client({ region: 'eu-central-1', credentials: { accessKeyId: 'x', secretAccessKey: 'x' } });
const open = () => objectWriters('data', client)('results/1.csv', { contentType: 'text/csv' });
const MEGABYTE = 'x'.repeat(1024 * 1024);
const names = () => s3.calls().map(({ args: [command] }) => nameOf(command));

beforeEach(() => {
  s3.reset();
  s3.on(PutObjectCommand).resolves({ ETag: '"whole"' });
  s3.on(CreateMultipartUploadCommand).resolves({ UploadId: 'upload' });
  s3.on(UploadPartCommand).resolves({ ETag: '"part"' });
  s3.on(CompleteMultipartUploadCommand).resolves({});
  s3.on(AbortMultipartUploadCommand).resolves({});
});

test('short text is one put, at close', async () => {
  const writer = open();
  await writer.write('a,b\r\n');
  await writer.write('1,ü\r\n');
  expect(names()).toEqual([]);
  await writer.close();
  expect(names()).toEqual(['PutObject']);
  const { Body, ...input } = s3.commandCalls(PutObjectCommand)[0]!.args[0].input;
  expect(input).toMatchObject({ Bucket: 'data', Key: 'results/1.csv', ContentType: 'text/csv' });
  expect(String(Body as Buffer)).toBe('a,b\r\n1,ü\r\n');
});

test('nothing written is an empty object', async () => {
  await open().close();
  expect(names()).toEqual(['PutObject']);
});

test('long text goes in parts and appears when it is complete', async () => {
  const writer = open();
  for (let at = 0; at < 20; at++) await writer.write(MEGABYTE);
  expect(names()).not.toContain('CompleteMultipartUpload');
  await writer.close();
  expect(names().at(-1)).toBe('CompleteMultipartUpload');
  const parts = s3.commandCalls(UploadPartCommand).map(({ args }) => args[0].input);
  const sizes = parts.toSorted((a, b) => a.PartNumber! - b.PartNumber!).map(({ Body }) => (Body as Buffer).length);
  expect(sizes.map((size) => size / 1024 / 1024)).toEqual([8, 8, 4]);
});

describe('a failure of S3', () => {
  test('comes up at close and leaves no parts', async () => {
    s3.on(UploadPartCommand).rejects(new Error('S3 is down'));
    const writer = open();
    await writer.write(MEGABYTE.repeat(9));
    await expect(writer.close()).rejects.toThrow('S3 is down');
    expect(names()).toContain('AbortMultipartUpload');
    expect(names()).not.toContain('CompleteMultipartUpload');
  });

  test('comes up while writing, instead of waiting for ever', async () => {
    s3.on(UploadPartCommand).rejects(new Error('S3 is down'));
    const writer = open();
    const writing = (async () => {
      for (let at = 0; at < 100; at++) await writer.write(MEGABYTE);
    })();
    await expect(writing).rejects.toThrow('S3 is down');
    await expect(writer.write('more')).rejects.toThrow('S3 is down');
  });

  test('of the one put comes up at close', async () => {
    s3.on(PutObjectCommand).rejects(new Error('S3 is down'));
    const writer = open();
    await writer.write('a');
    await expect(writer.close()).rejects.toThrow('S3 is down');
  });
});

describe('an abort', () => {
  test('of short text leaves nothing', async () => {
    const writer = open();
    await writer.write('a');
    await writer.abort(new Error('a row has no record'));
    expect(names()).toEqual([]);
  });

  test('has removed the parts when it returns: afterwards the function may freeze', async () => {
    const writer = open();
    for (let at = 0; at < 9; at++) await writer.write(MEGABYTE);
    await writer.abort(new Error('a row has no record'));
    expect(names()).toContain('UploadPart');
    expect(names().at(-1)).toBe('AbortMultipartUpload');
    expect(names()).not.toContain('CompleteMultipartUpload');
  });

  test('after a failure does nothing more and does not fail', async () => {
    s3.on(PutObjectCommand).rejects(new Error('S3 is down'));
    const writer = open();
    await writer.write('a');
    await expect(writer.close()).rejects.toThrow();
    await expect(writer.abort(new Error('x'))).resolves.toBeUndefined();
  });

  test('makes every later write fail', async () => {
    const writer = open();
    await writer.abort(new Error('a row has no record'));
    await expect(writer.write('a')).rejects.toThrow('a row has no record');
  });
});
