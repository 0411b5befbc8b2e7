import type { RequestListener } from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { createOutbound } from '../outbound/outbound.ts';
import { startServer } from '../outbound/test-server.ts';
import { createImageFetcher, type ImageFetcherOptions } from './fetch-image.ts';
import { createByteGate, type Reserve } from './gate.ts';
import { ImageError } from './image-error.ts';

const outbound = createOutbound({
  allowedHosts: ['127.0.0.1'],
  ports: [80, 443],
  userAgent: 'Rowpress-Test/1',
  connectTimeoutMs: 2000,
  headersTimeoutMs: 5000,
  connectionsPerHost: 4,
});
afterAll(() => outbound.close());

const PNG = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(3000, 'pixels')]);
const MAX_BYTES = 100_000;
const never = new AbortController().signal;

/** A fetcher of a server's images that waits for nothing, and what it asked for. */
async function fetcherOf(listener: RequestListener, options: Partial<ImageFetcherOptions> = {}) {
  let requests = 0;
  const waits: number[] = [];
  const held = { asked: [] as number[], bytes: 0 };
  const server = await startServer((request, response) => {
    requests++;
    listener(request, response);
  });
  const reserve: Reserve = (bytes) => {
    held.asked.push(bytes);
    held.bytes += bytes;
    const shrink = (to: number) => {
      held.bytes -= bytes - to;
      bytes = to;
    };
    return Promise.resolve({ shrink, release: () => shrink(0) });
  };
  const fetchImage = createImageFetcher({
    outbound,
    reserve,
    maxBytes: MAX_BYTES,
    timeoutMs: 5000,
    connectionsPerHost: 4,
    random: () => 0,
    sleep: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
    ...options,
  });
  return {
    fetch: (path = '/a.png', signal = never) => fetchImage(`http://127.0.0.1:${server.port}${path}`, signal),
    waits,
    held,
    requests: () => requests,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function failureOf(work: Promise<unknown>): Promise<ImageError> {
  const error = await work.then(
    () => new Error('it worked'),
    (reason: unknown) => reason,
  );
  if (error instanceof ImageError) return error;
  throw error;
}

describe('an image', () => {
  it('comes with its bytes and its room reserved until it is released', async () => {
    await using source = await fetcherOf((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html', 'content-length': PNG.length }).end(PNG);
    });
    {
      using image = await source.fetch();
      expect(image).toMatchObject({ contentType: 'text/html', requests: 1 });
      expect(image.bytes.equals(PNG)).toBe(true);
      expect(source.held).toEqual({ asked: [PNG.length], bytes: PNG.length });
    }
    expect(source.held.bytes).toBe(0);
  });

  it('of unknown length has room for the largest, and gives back what it did not need', async () => {
    await using source = await fetcherOf((_request, response) => {
      response.write(PNG.subarray(0, 100));
      response.end(PNG.subarray(100));
    });
    const image = await source.fetch();
    expect(image.contentType).toBeNull();
    expect(source.held).toEqual({ asked: [MAX_BYTES], bytes: PNG.length });
  });

  it.each([
    ['gzip', gzipSync(PNG)],
    ['x-gzip', gzipSync(PNG)],
    ['deflate', deflateSync(PNG)],
    ['br', brotliCompressSync(PNG)],
    ['identity', PNG],
  ])('that was sent as %s unasked is decoded', async (encoding, body) => {
    await using source = await fetcherOf((request, response) => {
      expect(request.headers['accept-encoding']).toBe('identity');
      response.writeHead(200, { 'content-encoding': encoding, 'content-length': body.length }).end(body);
    });
    expect((await source.fetch()).bytes.equals(PNG)).toBe(true);
    expect(source.held.bytes).toBe(PNG.length);
  });

  it('may come byte by byte', async () => {
    await using source = await fetcherOf((_request, response) => {
      for (let at = 0; at < PNG.length; at++) response.write(PNG.subarray(at, at + 1));
      response.end();
    });
    expect((await source.fetch()).bytes.equals(PNG)).toBe(true);
  });

  it('may be larger than a first guess', async () => {
    const large = Buffer.concat([PNG, Buffer.alloc(90_000, 'more')]);
    await using source = await fetcherOf((_request, response) => {
      response.write(large.subarray(0, 40_000));
      response.end(large.subarray(40_000));
    });
    expect((await source.fetch()).bytes.equals(large)).toBe(true);
  });

  it('is found behind redirects', async () => {
    await using source = await fetcherOf((request, response) => {
      if (request.url === '/a.png') response.writeHead(302, { location: '/b.png' }).end();
      else response.end(PNG);
    });
    expect((await source.fetch()).bytes.equals(PNG)).toBe(true);
  });
});

describe('an answer that will stay the same', () => {
  it.each([
    [400, 'http_error'],
    [401, 'http_error'],
    [403, 'forbidden'],
    [404, 'not_found'],
    [405, 'http_error'],
    [410, 'not_found'],
    [415, 'http_error'],
    [451, 'http_error'],
    [501, 'http_error'],
    [201, 'http_error'],
    [204, 'http_error'],
    [206, 'http_error'],
    [304, 'http_error'],
  ])('with status %i is %s after one request', async (status, code) => {
    await using source = await fetcherOf((_request, response) => {
      response.writeHead(status).end(status === 204 || status === 304 ? undefined : PNG);
    });
    expect(await failureOf(source.fetch())).toMatchObject({ code, httpStatus: status, retryable: false });
    expect(source.requests()).toBe(1);
    expect(source.held.asked).toEqual([]);
  });

  it.each([
    ['an HTML page', '<!doctype html><html><svg></svg></html>', 'not_an_image'],
    ['nothing', '', 'not_an_image'],
    [
      'an SVG',
      '<?xml version="1.0"?>\n<!-- made by hand -->\n<svg xmlns="http://www.w3.org/2000/svg"/>',
      'unsupported_format',
    ],
    ['a PDF', '%PDF-1.7 …', 'unsupported_format'],
  ])('that is %s is %s, whatever its type says', async (_what, body, code) => {
    await using source = await fetcherOf((_request, response) => {
      response.writeHead(200, { 'content-type': 'image/png' }).end(body);
    });
    expect(await failureOf(source.fetch())).toMatchObject({ code, retryable: false });
    expect(source.requests()).toBe(1);
    expect(source.held.bytes).toBe(0);
  });

  it.each([
    ['announces too many bytes', { 'content-length': String(MAX_BYTES + 1) }, Buffer.alloc(MAX_BYTES + 1)],
    ['sends too many bytes', {}, Buffer.alloc(MAX_BYTES + 1)],
    ['inflates to too many bytes', { 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(50_000_000))],
    ['inflates (br) to too many bytes', { 'content-encoding': 'br' }, brotliCompressSync(Buffer.alloc(50_000_000))],
  ])('that %s is too_large', async (_what, headers, body) => {
    await using source = await fetcherOf((_request, response) => {
      response.writeHead(200, headers);
      response.write(body.subarray(0, 10));
      response.end(body.subarray(10));
    });
    expect(await failureOf(source.fetch())).toMatchObject({ code: 'too_large', retryable: false });
    expect(source.requests()).toBe(1);
    expect(source.held.bytes).toBe(0);
  });

  it('of exactly the largest size is not too large', async () => {
    await using source = await fetcherOf((_request, response) => {
      response.end(Buffer.concat([PNG, Buffer.alloc(MAX_BYTES - PNG.length)]));
    });
    expect((await source.fetch()).bytes.length).toBe(MAX_BYTES);
  });

  it('in an unknown encoding is http_error', async () => {
    await using source = await fetcherOf((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip, br' }).end(PNG);
    });
    expect(await failureOf(source.fetch())).toMatchObject({ code: 'http_error', retryable: false });
  });

  it.each([
    ['no URL', 'invalid_url'],
    ['http://user:secret@example.com/a.jpg', 'invalid_url'],
    ['ftp://example.com/a.jpg', 'unsupported_scheme'],
    ['http://169.254.169.254/latest/meta-data/', 'blocked_url'],
    ['http://0x7f.2/', 'blocked_url'],
    ['http://93.184.216.34:22/', 'blocked_url'],
  ])('needs no request: %s is %s', async (url, code) => {
    const fetchImage = createImageFetcher({
      outbound,
      reserve: createByteGate(MAX_BYTES),
      maxBytes: MAX_BYTES,
      timeoutMs: 5000,
      connectionsPerHost: 4,
    });
    expect(await failureOf(fetchImage(url, never))).toMatchObject({ code, retryable: false });
  });
});

describe('a failure that may pass', () => {
  it.each([408, 425, 429, 500, 502, 503, 504, 520, 522, 530])('with status %i is tried again', async (status) => {
    await using source = await fetcherOf((_request, response) => {
      if (source.requests() < 3) response.writeHead(status).end();
      else response.end(PNG);
    });
    expect((await source.fetch()).requests).toBe(3);
  });

  it('ends after the last try, with longer waits between them', async () => {
    await using source = await fetcherOf((_request, response) => response.writeHead(500).end(), { random: () => 1 });
    expect(await failureOf(source.fetch())).toMatchObject({ code: 'http_error', httpStatus: 500, retryable: true });
    expect(source.requests()).toBe(3);
    expect(source.waits).toEqual([300, 600]);
  });

  it('waits as long as the server asks', async () => {
    await using source = await fetcherOf((_request, response) => {
      if (source.requests() === 1) response.writeHead(429, { 'retry-after': '7' }).end();
      else response.end(PNG);
    });
    expect((await source.fetch()).requests).toBe(2);
    expect(source.waits).toEqual([7000]);
  });

  it('is handed back when the server asks for more time than there is', async () => {
    await using source = await fetcherOf((_request, response) =>
      response.writeHead(503, { 'retry-after': '60' }).end(),
    );
    expect(await failureOf(source.fetch())).toMatchObject({
      code: 'http_error',
      retryable: true,
      retryAfterMs: 60_000,
    });
    expect(source.requests()).toBe(1);
    expect(source.waits).toEqual([]);
  });

  it.each<[string, RequestListener]>([
    ['a reset instead of an answer', (request) => request.socket.resetAndDestroy()],
    [
      'a body shorter than announced',
      (_request, response) => {
        response.writeHead(200, { 'content-length': PNG.length }).write(PNG.subarray(0, 500), () => response.destroy());
      },
    ],
    [
      'a chunked body that breaks off',
      (_request, response) => {
        response.write(PNG.subarray(0, 500), () => response.destroy());
      },
    ],
    [
      'a compressed body that is cut',
      (_request, response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(PNG).subarray(0, -20));
      },
    ],
    [
      'a body that is not compressed as it says',
      (_request, response) => {
        response.writeHead(200, { 'content-encoding': 'br' }).end(PNG);
      },
    ],
  ])('by %s is tried again, and no part of it is ever an image', async (_what, listener) => {
    await using source = await fetcherOf(listener);
    expect((await failureOf(source.fetch())).retryable).toBe(true);
    expect(source.requests()).toBe(3);
    expect(source.held.bytes).toBe(0);
  });

  it('by a slow drip ends with the time limit of its one try, and is left to a later delivery', async () => {
    await using source = await fetcherOf(
      (_request, response) => {
        response.writeHead(200, { 'content-length': PNG.length });
        const timer = setInterval(() => response.write('.'), 20);
        response.on('close', () => clearInterval(timer));
      },
      { timeoutMs: 150 },
    );
    expect(await failureOf(source.fetch())).toMatchObject({ code: 'timeout', retryable: true });
    expect(source.requests()).toBe(1);
    expect(source.held.bytes).toBe(0);
  });
});

describe('our own queues', () => {
  it('send no more at once to a host than allowed, and don’t count as the server’s time', async () => {
    let active = 0;
    let most = 0;
    await using source = await fetcherOf(
      (_request, response) => {
        most = Math.max(most, ++active);
        setTimeout(() => {
          active--;
          response.end(PNG);
        }, 100);
      },
      { connectionsPerHost: 2, timeoutMs: 250, tries: 1 },
    );
    await Promise.all(Array.from({ length: 10 }, () => source.fetch()));
    expect(most).toBe(2);
  });

  it('for room don’t count as the server’s time either', async () => {
    const gate = createByteGate(MAX_BYTES);
    const all = await gate(MAX_BYTES);
    const asked = Promise.withResolvers<undefined>();
    await using source = await fetcherOf((_request, response) => response.end(PNG), {
      timeoutMs: 100,
      tries: 1,
      reserve: (bytes) => {
        asked.resolve(undefined);
        return gate(bytes);
      },
    });
    const fetching = source.fetch();
    await asked.promise;
    setTimeout(all.release, 200);
    expect((await fetching).bytes.length).toBe(PNG.length);
  });
});

describe('what the caller aborts', () => {
  it('ends at once with the caller’s reason and is not tried again', async () => {
    const controller = new AbortController();
    const reason = new Error('the page is over');
    await using source = await fetcherOf((_request, response) => {
      response.write(PNG, () => controller.abort(reason));
    });
    await expect(source.fetch('/a.png', controller.signal)).rejects.toBe(reason);
    expect(source.requests()).toBe(1);
    expect(source.held.bytes).toBe(0);
    await expect(source.fetch('/b.png', controller.signal)).rejects.toBe(reason);
    expect(source.requests()).toBe(1);
  });

  it('ends while it waits for its next try', async () => {
    const controller = new AbortController();
    // How long it waits is drawn just before it does.
    const random = () => {
      queueMicrotask(() => controller.abort(new Error('the page is over')));
      return 0;
    };
    await using source = await fetcherOf((_, response) => response.writeHead(503, { 'retry-after': '9' }).end(), {
      random,
      sleep: undefined,
    });
    expect(await failureOf(source.fetch('/a.png', controller.signal))).toMatchObject({ httpStatus: 503 });
    expect(source.requests()).toBe(1);
  });

  it('ends with what the tries before it failed with: the image has had its turn', async () => {
    const controller = new AbortController();
    await using source = await fetcherOf((_request, response) => {
      if (source.requests() === 1) response.writeHead(502).end();
      else response.write(PNG, () => controller.abort(new Error('the page is over')));
    });
    expect(await failureOf(source.fetch('/a.png', controller.signal))).toMatchObject({ httpStatus: 502 });
    expect(source.requests()).toBe(2);
    expect(source.held.bytes).toBe(0);
  });
});
