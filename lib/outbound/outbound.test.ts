import type { LookupAddress } from 'node:dns';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { generate } from 'selfsigned';
import { afterEach, describe, expect, it } from 'vitest';
import type { Resolve } from './connector.ts';
import { OutboundError } from './outbound-error.ts';
import { createOutbound, type Outbound, type OutboundPolicy, type OutboundRequest } from './outbound.ts';
import { startServer } from './test-server.ts';

const opened: Outbound[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((outbound) => outbound.close()));
});

const noDns = (hostname: string) => Promise.reject(new Error(`unexpected look-up of ${hostname}`));
const answering =
  (...addresses: string[]) =>
  (): Promise<LookupAddress[]> =>
    Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));

function outboundWith(policy: Partial<OutboundPolicy> = {}, dns: Resolve | 'of the system' = noDns) {
  const outbound = createOutbound(
    {
      allowedHosts: [],
      ports: [80, 443],
      userAgent: 'Rowpress-Test/1',
      connectTimeoutMs: 2000,
      headersTimeoutMs: 2000,
      connectionsPerHost: 2,
      ...policy,
    },
    dns === 'of the system' ? undefined : dns,
  );
  opened.push(outbound);
  return outbound;
}

const get = (outbound: Outbound, url: string, options: Partial<OutboundRequest> = {}) =>
  outbound.request({ url, signal: AbortSignal.timeout(5000), maxRedirects: 5, ...options });

async function failureOf(work: Promise<unknown>): Promise<OutboundError> {
  const error = await work.then(
    () => new Error('it worked'),
    (reason: unknown) => reason,
  );
  if (error instanceof OutboundError) return error;
  throw error;
}

async function text(body: AsyncIterable<Buffer>): Promise<string> {
  return Buffer.concat(await toArray(body)).toString();
}

async function toArray(body: AsyncIterable<Buffer>): Promise<Buffer[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return chunks;
}

const ok: RequestListener = (_request, response) => response.end('ok');

describe('what goes over the wire', () => {
  it('is the path byte for byte, our user agent and the given headers', async () => {
    await using server = await startServer((request, response) => {
      response.end(JSON.stringify([request.method, request.url, request.headers]));
    });
    const host = `127.0.0.1:${server.port}`;
    const path = `/a/../b%2fc//d.jpg?sig=a+b/c==&k='|{1}^\`"<>&t=12:00`;
    const response = await get(outboundWith({ allowedHosts: [host] }), `http://${host}${path}#frag`, {
      headers: { 'x-one': '1' },
    });
    const [method, url, headers] = JSON.parse(await text(response.body));
    expect({ method, url }).toEqual({ method: 'GET', url: path });
    expect(headers).toMatchObject({ host, 'user-agent': 'Rowpress-Test/1', 'x-one': '1' });
  });

  it('is a POST with its body on a connection of its own', async () => {
    await using server = await startServer((request, response) => {
      request.pipe(response);
    });
    const outbound = outboundWith({ allowedHosts: ['127.0.0.1'], connectionsPerHost: 1 });
    const url = `http://127.0.0.1:${server.port}/hook`;
    for (const body of ['{"a":1}', '{"ü":2}']) {
      const response = await get(outbound, url, { method: 'POST', body, maxRedirects: 0 });
      expect(await text(response.body)).toBe(body);
    }
    expect(server.connections()).toBe(2);
  });

  it('keeps connections, and opens no more of them than allowed', async () => {
    await using server = await startServer(ok);
    const outbound = outboundWith({ allowedHosts: ['127.0.0.1'] });
    const url = `http://127.0.0.1:${server.port}/`;
    const bodies = await Promise.all(Array.from({ length: 8 }, async () => text((await get(outbound, url)).body)));
    expect(bodies).toEqual(new Array(8).fill('ok'));
    expect(server.connections()).toBe(2);
  });

  it('keeps the connection of a small discarded answer', async () => {
    await using server = await startServer((_request, response) => response.writeHead(404).end('no such thing'));
    const outbound = outboundWith({ allowedHosts: ['127.0.0.1'], connectionsPerHost: 1 });
    for (let n = 0; n < 3; n++) await (await get(outbound, `http://127.0.0.1:${server.port}/`)).discard();
    expect(server.connections()).toBe(1);
  });

  it('ends the connection of a long or endless discarded answer', async () => {
    await using server = await startServer((request, response) => {
      if (request.url === '/long') response.end(Buffer.alloc(1_000_000));
      else response.write('and so on');
    });
    const outbound = outboundWith({ allowedHosts: ['127.0.0.1'], connectionsPerHost: 1 });
    for (const path of ['/long', '/endless', '/long']) {
      await (await get(outbound, `http://127.0.0.1:${server.port}${path}`)).discard();
    }
    expect(server.connections()).toBe(3);
  });
});

describe('the guard', () => {
  it.each([
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0x7f.0.0.0x1',
    '017700000001',
    '0177.0.0.1',
    '127%2e0%2e0%2e1',
    '１２７.0.0.1',
    '0.0.0.0',
    '0',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::127.0.0.1]',
  ])('never dials the literal %s', async (host) => {
    await using server = await startServer(ok);
    const outbound = outboundWith({ ports: [server.port] });
    const failure = await failureOf(get(outbound, `http://${host}:${server.port}/`));
    expect(failure).toMatchObject({ code: 'blocked_url', retryable: false });
    expect(server.connections()).toBe(0);
  });

  it.each([
    ['only a denied address', ['127.0.0.1']],
    ['a good address and a denied one', ['93.184.216.34', '127.0.0.1']],
    ['a denied address and a good one', ['::1', '93.184.216.34']],
    ['a mapped address', ['::ffff:127.0.0.1']],
  ])('never dials a name that has %s, nor tells which', async (_case, addresses) => {
    await using server = await startServer(ok);
    const outbound = outboundWith({ ports: [server.port] }, answering(...addresses));
    const failure = await failureOf(get(outbound, `http://shop.example:${server.port}/`));
    expect(failure.code).toBe('blocked_url');
    expect(failure.message).not.toMatch(/127|::|93/);
    expect(server.connections()).toBe(0);
  });

  it('dials what it looked up: a name that changes between two look-ups gains nothing', async () => {
    await using server = await startServer(ok);
    const answers = [['127.0.0.1'], ['93.184.216.34']];
    let lookups = 0;
    const outbound = outboundWith({ ports: [server.port] }, () => answering(...(answers[lookups++] ?? []))());
    expect((await failureOf(get(outbound, `http://rebind.example:${server.port}/`))).code).toBe('blocked_url');
    expect(lookups).toBe(1);
    expect(server.connections()).toBe(0);
  });

  it.each(['http', 'https'])(
    'writes nothing to a denied peer that was reached in spite of all (%s)',
    async (scheme) => {
      let bytes = 0;
      const server = createServer((socket) => socket.on('data', (chunk) => (bytes += chunk.length)));
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      let reads = 0;
      const lying = { family: 4, get address() { return reads++ === 0 ? '93.184.216.34' : '127.0.0.1'; } }; // prettier-ignore
      const outbound = outboundWith({ ports: [port] }, () => Promise.resolve([lying]));
      const connected = once(server, 'connection');
      const failure = await failureOf(get(outbound, `${scheme}://shop.example:${port}/`));
      const [socket] = (await connected) as [Socket];
      if (!socket.closed) await once(socket, 'close');
      server.close();
      expect(failure.code).toBe('blocked_url');
      expect(bytes).toBe(0);
    },
  );

  it('exempts a named host and port, and no other port of it', async () => {
    await using named = await startServer(ok);
    await using other = await startServer(ok);
    const outbound = outboundWith(
      { allowedHosts: [`LocalHost:${named.port}`], ports: [other.port] },
      answering('127.0.0.1'),
    );
    expect((await get(outbound, `http://localhost:${named.port}/`)).status).toBe(200);
    expect((await failureOf(get(outbound, `http://localhost:${other.port}/`))).code).toBe('blocked_url');
    expect((await failureOf(get(outbound, `http://127.0.0.1:${named.port}/`))).code).toBe('blocked_url');
    expect(other.connections()).toBe(0);
  });

  it('blocks localhost as the system itself looks it up', async () => {
    await using server = await startServer(ok);
    const outbound = outboundWith({ ports: [server.port] }, 'of the system');
    expect((await failureOf(get(outbound, `http://localhost:${server.port}/`))).code).toBe('blocked_url');
    expect(server.connections()).toBe(0);
  });

  it('refuses ports that are not allowed, without looking the name up', async () => {
    const failure = await failureOf(get(outboundWith(), 'http://shop.example:22/'));
    expect(failure).toMatchObject({ code: 'blocked_url', message: 'Port 22 is not allowed.' });
  });
});

describe('redirects', () => {
  it('are followed from host to host, and the last address is told', async () => {
    await using server = await startServer((request, response) => {
      if (request.url === '/a') response.writeHead(302, { location: `http://localhost:${server.port}/b?x="1"` }).end();
      else if (request.url === '/b?x="1"') response.writeHead(308, { location: 'c' }).end('moved');
      else response.end(request.headers.host);
    });
    const outbound = outboundWith({ allowedHosts: ['127.0.0.1', 'localhost'] }, answering('127.0.0.1'));
    const response = await get(outbound, `http://127.0.0.1:${server.port}/a`);
    expect(response).toMatchObject({ status: 200, url: `http://localhost:${server.port}/c` });
    expect(await text(response.body)).toBe(`localhost:${server.port}`);
  });

  it('are checked like the first address', async () => {
    await using inside = await startServer(ok);
    await using server = await startServer((request, response) => {
      response.writeHead(302, { location: decodeURIComponent(request.url?.slice(1) ?? '') }).end();
    });
    const start = `127.0.0.1:${server.port}`;
    const outbound = outboundWith({ allowedHosts: [start], ports: [80, inside.port] }, answering('10.0.0.1'));
    const codeOfHop = async (location: string) =>
      (await failureOf(get(outbound, `http://${start}/${encodeURIComponent(location)}`))).code;
    expect(await codeOfHop(`http://127.0.0.1:${inside.port}/`)).toBe('blocked_url');
    expect(await codeOfHop('http://169.254.169.254/latest/meta-data/')).toBe('blocked_url');
    expect(await codeOfHop('http://internal.example/')).toBe('blocked_url');
    expect(await codeOfHop('http://93.184.216.34:6379/')).toBe('blocked_url');
    expect(await codeOfHop('file:///etc/passwd')).toBe('unsupported_scheme');
    expect(await codeOfHop('http://user:secret@example.com/')).toBe('invalid_url');
    expect(inside.connections()).toBe(0);
  });

  it('end after the fifth', async () => {
    let requests = 0;
    await using server = await startServer((_request, response) => {
      requests++;
      response.writeHead(301, { location: '/again' }).end();
    });
    const outbound = outboundWith({ allowedHosts: ['127.0.0.1'] });
    const failure = await failureOf(get(outbound, `http://127.0.0.1:${server.port}/`));
    expect(failure).toMatchObject({ code: 'http_error', retryable: false });
    expect(requests).toBe(6);
  });

  it('come back as answers when none are to be followed, or when they lead nowhere', async () => {
    await using server = await startServer((request, response) => {
      response.writeHead(302, request.url === '/to' ? { location: '/x' } : {}).end();
    });
    const outbound = outboundWith({ allowedHosts: ['127.0.0.1'] });
    const url = `http://127.0.0.1:${server.port}`;
    expect((await get(outbound, `${url}/to`, { maxRedirects: 0 })).status).toBe(302);
    expect((await get(outbound, `${url}/nowhere`)).status).toBe(302);
  });
});

describe('failures', () => {
  it.each([
    ['ENOTFOUND', false],
    ['EAI_AGAIN', true],
    ['ESERVFAIL', true],
  ])('of DNS with %s are dns_error, worth another try: %s', async (code, retryable) => {
    const outbound = outboundWith({}, () => Promise.reject(Object.assign(new Error('dns'), { code })));
    expect(await failureOf(get(outbound, 'http://shop.example/'))).toMatchObject({ code: 'dns_error', retryable });
  });

  it('of DNS that gives no address at all are a dns_error too', async () => {
    const failure = await failureOf(get(outboundWith({}, answering()), 'http://shop.example/'));
    expect(failure.code).toBe('dns_error');
  });

  it('to connect are connect_error', async () => {
    const server = await startServer(ok);
    await server[Symbol.asyncDispose]();
    const outbound = outboundWith({ allowedHosts: ['127.0.0.1'] });
    const failure = await failureOf(get(outbound, `http://127.0.0.1:${server.port}/`));
    expect(failure).toMatchObject({ code: 'connect_error', retryable: true });
  });

  it('to finish connecting in time are timeout', async () => {
    const outbound = outboundWith({ connectTimeoutMs: 50 }, () => new Promise<never>(() => undefined));
    expect(await failureOf(get(outbound, 'http://shop.example/'))).toMatchObject({ code: 'timeout', retryable: true });
  });

  it('to send headers in time are timeout', async () => {
    await using server = await startServer(() => undefined);
    const outbound = outboundWith({ allowedHosts: ['127.0.0.1'], headersTimeoutMs: 50 });
    expect((await failureOf(get(outbound, `http://127.0.0.1:${server.port}/`))).code).toBe('timeout');
  });

  it('of the caller’s patience are timeout, also while still looking up', async () => {
    const outbound = outboundWith({}, () => new Promise<never>(() => undefined));
    const failure = await failureOf(get(outbound, 'http://shop.example/', { signal: AbortSignal.timeout(50) }));
    expect(failure.code).toBe('timeout');
  });

  it('of the caller’s patience are timeout, also in the queue for a connection', async () => {
    await using server = await startServer(() => undefined);
    const outbound = outboundWith({ allowedHosts: ['127.0.0.1'], connectionsPerHost: 1, headersTimeoutMs: 1500 });
    const url = `http://127.0.0.1:${server.port}/`;
    const first = failureOf(get(outbound, url));
    const started = performance.now();
    expect((await failureOf(get(outbound, url, { signal: AbortSignal.timeout(50) }))).code).toBe('timeout');
    expect(performance.now() - started).toBeLessThan(1000);
    await first;
  });

  it('by abort come back as the reason that was given', async () => {
    await using server = await startServer((_request, response) => response.write('a bit'));
    const outbound = outboundWith({ allowedHosts: ['127.0.0.1'] });
    const controller = new AbortController();
    const reason = new Error('no longer wanted');
    const response = await get(outbound, `http://127.0.0.1:${server.port}/`, { signal: controller.signal });
    const reading = toArray(response.body);
    controller.abort(reason);
    await expect(reading).rejects.toBe(reason);
    await expect(get(outbound, 'http://shop.example/', { signal: controller.signal })).rejects.toBe(reason);
  });

  it('of a connection that breaks within the body are connect_error', async () => {
    await using server = await startServer((_request, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('half', () => response.destroy());
    });
    const outbound = outboundWith({ allowedHosts: ['127.0.0.1'] });
    const response = await get(outbound, `http://127.0.0.1:${server.port}/`);
    expect(await failureOf(toArray(response.body))).toMatchObject({ code: 'connect_error', retryable: true });
  });

  it('to read a body that broke before anyone read it are connect_error', async () => {
    await using server = await startServer((_request, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('half', () => response.destroy());
    });
    const outbound = outboundWith({ allowedHosts: ['127.0.0.1'] });
    const response = await get(outbound, `http://127.0.0.1:${server.port}/`);
    await sleep(100);
    expect((await failureOf(toArray(response.body))).code).toBe('connect_error');
  });

  it('to speak HTTP are http_error', async () => {
    await using server = await startServer((request) => request.socket.end('220 smtp.example ESMTP\r\n'));
    const outbound = outboundWith({ allowedHosts: ['127.0.0.1'] });
    expect((await failureOf(get(outbound, `http://127.0.0.1:${server.port}/`))).code).toBe('http_error');
  });
});

describe('TLS', async () => {
  const made = await generate([{ name: 'commonName', value: 'shop.example' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'shop.example' }] }],
  });
  const tls = { key: made.private, cert: made.cert };
  const before = getCACertificates();
  afterEach(() => setDefaultCACertificates(before));

  it('is spoken with a server whose certificate is trusted and names the host', async () => {
    setDefaultCACertificates([made.cert]);
    await using server = await startServer(ok, tls);
    const outbound = outboundWith({ allowedHosts: ['shop.example'] }, answering('127.0.0.1'));
    const response = await get(outbound, `https://shop.example:${server.port}/`);
    expect(await text(response.body)).toBe('ok');
  });

  it.each([
    ['nobody vouches for', 'shop.example', before],
    ['names another host', 'other.example', [made.cert]],
  ])('fails for good with a certificate that %s', async (_case, host, trusted) => {
    setDefaultCACertificates(trusted);
    await using server = await startServer(ok, tls);
    const outbound = outboundWith({ allowedHosts: [host] }, answering('127.0.0.1'));
    const failure = await failureOf(get(outbound, `https://${host}:${server.port}/`));
    expect(failure).toMatchObject({ code: 'tls_error', retryable: false });
  });

  it('fails for good with a server that speaks plain HTTP', async () => {
    await using server = await startServer(ok);
    const outbound = outboundWith({ allowedHosts: ['127.0.0.1'] });
    expect((await failureOf(get(outbound, `https://127.0.0.1:${server.port}/`))).code).toBe('tls_error');
  });
});
