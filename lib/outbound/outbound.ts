import { lookup } from 'node:dns/promises';
import { Agent, type Dispatcher } from 'undici';
import { guardedConnector, type Resolve } from './connector.ts';
import { OutboundError } from './outbound-error.ts';
import { outboundFailure } from './outbound-failure.ts';
import { parseTarget, resolveLocation, type Target } from './url.ts';

export type OutboundPolicy = {
  /** `host` or `host:port`, exempt from the address and port checks; for local runs. */
  allowedHosts: string[];
  ports: number[];
  userAgent: string;
  connectTimeoutMs: number;
  headersTimeoutMs: number;
  connectionsPerHost: number;
};

export type OutboundRequest = {
  url: string;
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: string;
  /** Covers the whole exchange, the body too; a `TimeoutError` as its reason becomes OutboundError `timeout`. */
  signal: AbortSignal;
  /** With 0 a redirect comes back as the answer. */
  maxRedirects: number;
};

/** Its body must be read or discarded. */
export type OutboundResponse = {
  status: number;
  headers: Record<string, string | undefined>;
  /** The address that answered in the end. */
  url: string;
  /** The bytes off the wire, still content-encoded. Throws OutboundError; leaving it early ends the connection. */
  body: AsyncIterable<Buffer>;
  /** Drops the body; the connection is kept when little of it is left. */
  discard: () => Promise<void>;
};

export type Outbound = {
  /** Throws OutboundError, or the reason of `signal` when that was no timeout. */
  request: (request: OutboundRequest) => Promise<OutboundResponse>;
  close: () => Promise<void>;
};

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const DISCARD_BYTES = 16 * 1024;
const DISCARD_MS = 250;

const everyAddress: Resolve = (hostname) => lookup(hostname, { all: true });

/** The one way out to the Internet: http(s) to allowed ports of public addresses, at every hop. */
export function createOutbound(policy: OutboundPolicy, resolve: Resolve = everyAddress): Outbound {
  const allowed = new Set(policy.allowedHosts.map((host) => host.toLowerCase()));
  const isExempt = (host: string, port: number) => allowed.has(host) || allowed.has(`${host}:${port}`);
  const agent = new Agent({
    connect: guardedConnector({ isExempt, connectTimeoutMs: policy.connectTimeoutMs, resolve }),
    connections: policy.connectionsPerHost,
    headersTimeout: policy.headersTimeoutMs,
    bodyTimeout: 0, // the signal covers it; a timer of its own would not stop a slow drip anyway
    allowH2: false,
  });
  const admit = (target: Target) => {
    if (policy.ports.includes(target.port) || isExempt(target.host, target.port)) return target;
    throw new OutboundError('blocked_url', `Port ${target.port} is not allowed.`);
  };

  return {
    close: () => agent.destroy(),
    // From https to http is followed too: nothing secret is sent, and the caller may name http addresses anyway.
    request: async (request) => {
      let target = admit(parseTarget(request.url));
      for (let hop = 0; ; hop++) {
        const response = await exchange(agent, target, withUserAgent(request, policy.userAgent));
        const location = REDIRECTS.has(response.status) ? response.headers.location : undefined;
        if (location === undefined || request.maxRedirects === 0) return response;
        await response.discard();
        if (hop >= request.maxRedirects) {
          throw new OutboundError('http_error', 'The server redirects too often.', { retryable: false });
        }
        target = admit(resolveLocation(location, target));
      }
    },
  };
}

function withUserAgent(request: OutboundRequest, userAgent: string): OutboundRequest {
  return { ...request, headers: { 'user-agent': userAgent, ...request.headers } };
}

async function exchange(agent: Agent, target: Target, request: OutboundRequest): Promise<OutboundResponse> {
  const { method = 'GET', headers, body, signal } = request;
  // A POST can't be repeated blindly, so it never starts on a kept connection that may have died (`reset` keeps none).
  const options = { origin: target.origin, path: target.path, method, headers, body, signal, reset: method === 'POST' };
  try {
    const answer = await unlessAborted(agent.request(options), signal);
    return {
      status: answer.statusCode,
      headers: flat(answer.headers),
      url: target.href,
      body: readable(answer.body, signal),
      discard: async () => {
        await Promise.allSettled([answer.body.dump({ limit: DISCARD_BYTES, signal: AbortSignal.timeout(DISCARD_MS) })]);
      },
    };
  } catch (error) {
    throw outboundFailure(error, signal);
  }
}

/** undici heeds the signal only once a request is on a connection, not while it waits for one. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

async function* readable(body: AsyncIterable<Buffer>, signal: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield* body;
  } catch (error) {
    throw outboundFailure(error, signal);
  }
}

function flat(headers: Dispatcher.ResponseData['headers']): OutboundResponse['headers'] {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}
