import { vi } from 'vitest';
import type { ApiEvent } from '../../../lib/http/api.ts';
import { lambdaContext, readHttpEvent, SETTINGS, useEnvironmentOf } from '../lambda.ts';
import { declaredFunctions, type DeclaredFunction } from './declared.ts';
import { callingAs, type MemoryAws } from './memory-aws.ts';
import { mockClients } from './mock-clients.ts';
import { mockOutside, Outside } from './outside.ts';
import { mockParts } from './small-parts.ts';
import { nextTurn } from './turns.ts';

type Handler = (event: unknown, context: ReturnType<typeof lambdaContext>) => Promise<unknown>;
type LoadedFunction = DeclaredFunction & { handler: Handler };

export type HttpAnswer = { statusCode: number; body: string };
export type HttpCall = {
  path?: Record<string, string>;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: string;
};
export type Upload = { fileName?: string; webhookUrl?: string; idempotencyKey?: string };
export type Handlers = Awaited<ReturnType<typeof startHandlers>>;

let loading: Promise<ReadonlyMap<string, LoadedFunction>> | undefined;

/**
 * Every function that touches requests as it is deployed, on an AWS in memory and with strangers' servers that answer at
 * once. The functions are loaded once for all runs of a test file, as Lambda keeps them warm.
 */
export async function startHandlers(aws: MemoryAws) {
  mockClients(aws);
  const outside = new Outside();
  mockOutside(outside);
  loading ??= loadFunctions();
  const functions = await loading;
  let calls = 0;

  const invoke = async (name: string, event: unknown): Promise<unknown> => {
    const found = functions.get(name);
    if (!found) throw new Error(`serverless.yml declares no function ${name}`);
    return await callingAs(name, () => found.handler(event, lambdaContext(found.timeout * 1000)));
  };

  const underWay = async <T>(work: Promise<T>): Promise<T> => {
    calls += 1;
    try {
      return await work;
    } finally {
      calls -= 1;
    }
  };

  const http = async (name: string, call: HttpCall = {}): Promise<HttpAnswer> =>
    (await underWay(invoke(name, httpEvent(call)))) as HttpAnswer;

  return {
    aws,
    outside,
    invoke,
    /** Calls an HTTP function. */
    http,
    /** HTTP calls and drops that have no answer yet. */
    callsUnderWay: () => calls,
    /** What reads a queue. */
    consumers: [...functions.values()].filter(({ queue }) => queue !== undefined),

    upload: (csv: string, { fileName = 'products.csv', webhookUrl, idempotencyKey }: Upload = {}) =>
      http('upload-csv', {
        body: csv,
        query: { fileName, ...(webhookUrl !== undefined && { webhookUrl }) },
        headers: {
          'content-type': 'text/csv',
          ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
        },
      }),

    /** Puts a file into the drop folder as a supplier does; S3's event for it is in the ingest queue then. */
    async drop(fileName: string, csv: string, metadata: Record<string, string> = {}): Promise<void> {
      const place = { Bucket: SETTINGS.DATA_BUCKET, Key: `incoming/drop/${fileName}` };
      await underWay(aws.send('s3', 'PutObject', { ...place, Body: Buffer.from(csv), Metadata: metadata }));
    },

    status: (requestId: string, query: Record<string, string> = {}) =>
      http('get-status', { path: { requestId }, query }),
    list: (query: Record<string, string> = {}) => http('list-requests', { query }),
    export: (requestId: string) => http('export-results', { path: { requestId } }),

    /** The ids of all requests, oldest first. */
    requestIds(): string[] {
      const names = [...aws.dynamodb.table.items.keys()];
      return names.flatMap((name) => /^REQ#(\w+) REQUEST$/.exec(name)?.[1] ?? []).sort();
    },
  };
}

/** A function reads its settings when it is loaded, so each is loaded in its own environment. */
async function loadFunctions(): Promise<ReadonlyMap<string, LoadedFunction>> {
  withoutPauses();
  mockParts();
  // Nothing that is counted is printed.
  process.env.POWERTOOLS_METRICS_DISABLED = 'true';
  // The jitter of webhooks: not drawn, or runs of one seed would differ.
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  const loaded = new Map<string, LoadedFunction>();
  for (const declared of declaredFunctions()) {
    useEnvironmentOf(declared.name);
    const module = (await import(`../../../functions/${declared.name}.ts`)) as { handler: Handler };
    loaded.set(declared.name, { ...declared, handler: module.handler });
  }
  return loaded;
}

/** Pauses before a batch's rest is sent again, and the like, take no time, but let others go first. */
function withoutPauses(): void {
  vi.doMock('node:timers/promises', async (original) => ({
    ...(await original<object>()),
    setTimeout: (_ms: number, value: unknown) => nextTurn().then(() => value),
  }));
}

/** A recorded call, with nothing of its own left. */
const recorded = readHttpEvent('list-requests');

const httpEvent = ({ path, query, headers, body }: HttpCall): ApiEvent => ({
  ...recorded,
  headers: { ...recorded.headers, 'content-type': 'application/json', ...headers },
  pathParameters: path ?? {},
  queryStringParameters: query ?? {},
  isBase64Encoded: false,
  ...(body !== undefined && { body }),
});
