import { GetObjectCommand, HeadObjectCommand, PutBucketCorsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { createPresignedPost, type PresignedPostOptions } from '@aws-sdk/s3-presigned-post';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEndpoint, strict, type Endpoint } from './endpoint.ts';

let at: Endpoint;
let Bucket: string;
beforeAll(async () => {
  at = await openEndpoint();
  Bucket = await at.makeBucket();
});
afterAll(() => at.stop());

describe('a presigned download', () => {
  beforeAll(() => at.s3.send(new PutObjectCommand({ Bucket, Key: 'results/a.csv', Body: 'a,b\r\n' })));

  test('carries the name and type that were asked for', async () => {
    const command = new GetObjectCommand({
      Bucket,
      Key: 'results/a.csv',
      ResponseContentType: 'text/csv; charset=utf-8',
      ResponseContentDisposition: "attachment; filename*=UTF-8''a%20b.csv",
    });
    const response = await fetch(await getSignedUrl(at.s3, command, { expiresIn: 60 }));
    expect(await response.text()).toBe('a,b\r\n');
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(response.headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''a%20b.csv");
  });

  strict('expires', async () => {
    const url = await getSignedUrl(at.s3, new GetObjectCommand({ Bucket, Key: 'results/a.csv' }), {
      expiresIn: 1,
      signingDate: new Date(Date.now() - 10_000),
    });
    expect((await fetch(url)).status).toBe(403);
  });
});

describe('a presigned form', () => {
  const makeForm = async (Key: string, { Conditions, Expires = 60 }: Partial<PresignedPostOptions> = {}) => {
    const { url, fields } = await createPresignedPost(at.s3, {
      Bucket,
      Key,
      Expires,
      ...(Conditions && { Conditions }),
    });
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    return { url, form };
  };
  const post = async ({ url, form }: { url: string; form: FormData }, file: string, name = 'catalogue.csv') => {
    form.append('file', new Blob([file]), name);
    return fetch(url, { method: 'POST', body: form });
  };
  const sizes: PresignedPostOptions['Conditions'] = [['content-length-range', 1, 10]];

  test('stores the file under the key that was signed', async () => {
    const response = await post(await makeForm('incoming/upload/1', { Conditions: sizes }), '0123456789');
    expect(response.status).toBe(204);
    const { Body } = await at.s3.send(new GetObjectCommand({ Bucket, Key: 'incoming/upload/1' }));
    expect(await Body!.transformToString()).toBe('0123456789');
  });

  strict.each([
    ['larger', '0123456789x'],
    ['smaller', ''],
  ])('refuses a file that is %s than allowed', async (_, file) => {
    const Key = `incoming/upload/size-${file.length}`;
    expect((await post(await makeForm(Key, { Conditions: sizes }), file)).status).toBe(400);
    await expect(at.s3.send(new HeadObjectCommand({ Bucket, Key }))).rejects.toMatchObject({ name: 'NotFound' });
  });

  strict('refuses another key than the one that was signed', async () => {
    const { url, form } = await makeForm('incoming/upload/mine');
    form.set('key', 'incoming/upload/yours');
    expect((await post({ url, form }, 'x')).status).toBe(403);
  });

  strict('expires', async () => {
    const expired = await makeForm('incoming/upload/late', { Expires: 1 });
    await sleep(2100);
    expect((await post(expired, 'x')).status).toBe(403);
  });
});

describe('a page from another origin', () => {
  beforeAll(() =>
    at.s3.send(
      new PutBucketCorsCommand({
        Bucket,
        CORSConfiguration: {
          CORSRules: [
            {
              AllowedMethods: ['POST'],
              AllowedOrigins: ['http://localhost:3000'],
              AllowedHeaders: ['*'],
              MaxAgeSeconds: 60,
            },
          ],
        },
      }),
    ),
  );
  const ask = (origin: string, method: string) =>
    fetch(`${at.endpoint}/${Bucket}`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': 'x-a' },
    });

  strict('may do what the bucket allows it', async () => {
    const response = await ask('http://localhost:3000', 'POST');
    expect(response.status).toBe(200);
    expect(response.headers.get('access-control-allow-origin')).toBe('http://localhost:3000');
    expect(response.headers.get('access-control-allow-methods')).toContain('POST');
  });

  strict('may do nothing else', async () => {
    expect(
      (await ask('http://localhost:3000', 'DELETE')).headers.get('access-control-allow-methods') ?? '',
    ).not.toContain('DELETE');
    expect((await ask('http://evil.test', 'POST')).headers.get('access-control-allow-origin')).not.toBe(
      'http://evil.test',
    );
  });
});
