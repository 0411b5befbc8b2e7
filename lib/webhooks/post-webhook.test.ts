import type { RequestListener } from 'node:http';
import { Webhook as Verifier } from 'standardwebhooks';
import { afterAll, describe, expect, it } from 'vitest';
import { createOutbound } from '../outbound/outbound.ts';
import { startServer } from '../outbound/test-server.ts';
import { postWebhook } from './post-webhook.ts';

const outbound = createOutbound({
  allowedHosts: ['127.0.0.1'],
  ports: [80, 443],
  userAgent: 'Rowpress-Test/1',
  connectTimeoutMs: 2000,
  headersTimeoutMs: 5000,
  connectionsPerHost: 4,
});
afterAll(() => outbound.close());

const secret = `whsec_${Buffer.alloc(32, 'k').toString('base64')}`;
const payload = '{"type":"request.completed","data":{"requestId":"r"}}';

function post(url: string, timeoutMs = 5000) {
  const webhook = { url, id: 'msg_1', payload, secrets: [secret], timestamp: Math.floor(Date.now() / 1000) };
  return postWebhook(webhook, { outbound, timeoutMs, clock: Date.now });
}

async function postTo(listener: RequestListener, timeoutMs?: number) {
  await using server = await startServer(listener);
  return await post(`http://127.0.0.1:${server.port}/hook`, timeoutMs);
}

const answer =
  (status: number, headers = {}): RequestListener =>
  (_request, response) =>
    response.writeHead(status, headers).end('a secret of the receiver');

describe('postWebhook', () => {
  it('delivers the payload so that the receiver can verify it', async () => {
    let seen: unknown;
    const attempt = await postTo((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const headers = request.headers as Record<string, string>;
        seen = [request.method, headers['content-type'], new Verifier(secret).verify(Buffer.concat(chunks), headers)];
        response.end();
      });
    });
    expect(seen).toEqual(['POST', 'application/json', JSON.parse(payload)]);
    expect(attempt).toMatchObject({ outcome: 'delivered', statusCode: 200, error: null, retryAfterSeconds: null });
    expect(attempt.durationMs).toBeGreaterThanOrEqual(0);
  });

  it.each([
    [200, {}, 'delivered', null, null],
    [202, {}, 'delivered', null, null],
    [204, {}, 'delivered', null, null],
    [301, { location: 'http://127.0.0.1/' }, 'retry', 'redirected', null],
    [307, { location: '/elsewhere' }, 'retry', 'redirected', null],
    [400, {}, 'retry', 'http_error', null],
    [404, {}, 'retry', 'http_error', null],
    [410, {}, 'gone', 'gone', null],
    [429, { 'retry-after': '90' }, 'retry', 'http_error', 90],
    [500, {}, 'retry', 'http_error', null],
    [503, { 'retry-after': '5' }, 'retry', 'http_error', 5],
  ])('takes status %i (%j) for %s', async (statusCode, headers, outcome, error, retryAfterSeconds) => {
    const attempt = await postTo(answer(statusCode, headers));
    expect(attempt).toMatchObject({ outcome, statusCode, error, retryAfterSeconds });
    expect(JSON.stringify(attempt)).not.toContain('secret');
  });

  it('follows no redirect', async () => {
    const paths: unknown[] = [];
    await postTo((request, response) => {
      paths.push(request.url);
      response.writeHead(308, { location: '/elsewhere' }).end();
    });
    expect(paths).toEqual(['/hook']);
  });

  it.each([
    ['http://10.0.0.1/hook', 'blocked_url'],
    ['http://[::1]/hook', 'blocked_url'],
    ['https://93.184.216.34:22/hook', 'blocked_url'],
    ['not a url', 'invalid_url'],
    ['ftp://example.com/', 'unsupported_scheme'],
  ])('never tries %s again', async (url, error) => {
    expect(await post(url)).toMatchObject({ outcome: 'gone', statusCode: null, error });
  });

  it('tries again where nobody listens', async () => {
    const server = await startServer(answer(200));
    await server[Symbol.asyncDispose]();
    const attempt = await post(`http://127.0.0.1:${server.port}/`);
    expect(attempt).toMatchObject({ outcome: 'retry', statusCode: null, error: 'connect_error' });
  });

  it('tries again after a receiver that does not answer in time', async () => {
    const attempt = await postTo(() => undefined, 50);
    expect(attempt).toMatchObject({ outcome: 'retry', statusCode: null, error: 'timeout' });
  });

  it('waits for no more of an answer than its status', async () => {
    const attempt = await postTo((_request, response) => response.write('endless '));
    expect(attempt).toMatchObject({ outcome: 'delivered', statusCode: 200 });
    expect(attempt.durationMs).toBeLessThan(2000);
  });
});
