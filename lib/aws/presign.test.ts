import { S3Client } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { openPresigner } from './presign.ts';

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'hidden' };
const presigner = openPresigner('data', new S3Client({ region: 'eu-central-1', credentials }));

test('a name holds nothing that would end its header value early', async () => {
  const url = new URL(await presigner.download('a', { name: "it's (1)*.csv", seconds: 1 }));
  const [, name] = url.searchParams.get('response-content-disposition')!.split("UTF-8''");
  expect(name).toBe('it%27s%20%281%29%2A.csv');
});

test('half a character, which an older name may end in, does not keep its file from being downloaded', async () => {
  const url = new URL(await presigner.download('a', { name: 'a\ud83e.csv', seconds: 1 }));
  expect(url.searchParams.get('response-content-disposition')).toBe("attachment; filename*=UTF-8''a%EF%BF%BD.csv");
});

test('a download has its time and the name that a person sees', async () => {
  const url = new URL(await presigner.download('results/1/results.csv', { name: 'größe "1".csv', seconds: 300 }));
  expect(url.pathname).toBe('/results/1/results.csv');
  expect(url.searchParams.get('X-Amz-Expires')).toBe('300');
  expect(url.searchParams.get('response-content-type')).toBe('text/csv; charset=utf-8');
  expect(url.searchParams.get('response-content-disposition')).toBe(
    "attachment; filename*=UTF-8''gr%C3%B6%C3%9Fe%20%221%22.csv",
  );
});

test.each(['us-east-1', 'eu-central-1'])(
  'a form posts to the regional origin, which the page may reach: %s',
  async (region) => {
    const { url } = await openPresigner('data', new S3Client({ region, credentials })).uploadForm('incoming/upload/1', {
      maxBytes: 1,
      seconds: 1,
    });
    // What CloudFormation gives as the bucket's RegionalDomainName.
    expect(new URL(url).origin).toBe(`https://data.s3.${region}.amazonaws.com`);
  },
);

test('a form is good for one key, for so many bytes, and holds no secret', async () => {
  const { url, fields } = await presigner.uploadForm('incoming/upload/1', { maxBytes: 1_000, seconds: 60 });
  expect(url).toMatch(/^https:\/\/data\.s3\./);
  const { conditions, expiration } = JSON.parse(Buffer.from(fields.Policy!, 'base64').toString()) as {
    conditions: unknown[];
    expiration: string;
  };
  expect(conditions).toContainEqual(['content-length-range', 1, 1_000]);
  expect(conditions).toContainEqual({ bucket: 'data' });
  expect(conditions).toContainEqual({ key: 'incoming/upload/1' });
  expect(Math.abs(Date.parse(expiration) - Date.now() - 60_000)).toBeLessThan(10_000);
  expect(JSON.stringify({ url, fields })).not.toContain('hidden');
});
