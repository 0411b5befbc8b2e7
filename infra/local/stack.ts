import dynalite from 'dynalite';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { openDatabase } from './stack/database.ts';
import { notifyCreated } from './stack/notifications.ts';
import { handleS3 } from './stack/s3-http.ts';
import { S3Store } from './stack/s3-store.ts';
import { handleSqs } from './stack/sqs-http.ts';
import { SqsStore } from './stack/sqs-store.ts';

const LOOPBACK = '127.0.0.1';
/** Longer than SDKs keep idle connections, so that none is reused while it is being closed. */
const KEEP_ALIVE_MS = 120_000;

export type Stack = { endpoint: string; stop(): Promise<void> };

/**
 * Serves S3, SQS and DynamoDB on one port of the loopback address; port 0 takes a free one.
 * State lives in `dataDir` and survives kill -9; without one it goes with `stop`.
 */
export async function startStack({ port = 0, dataDir }: { port?: number; dataDir?: string } = {}): Promise<Stack> {
  const directory = dataDir ?? mkdtempSync(join(tmpdir(), 'rowpress-stack-'));
  mkdirSync(directory, { recursive: true });
  const db = openDatabase(join(directory, 'stack.sqlite'));
  const queues = new SqsStore(db);
  const store = new S3Store({
    db,
    directory: join(directory, 'objects'),
    onCreated: (bucket, object, how) => notifyCreated(queues, bucket, object, how),
  });
  // dynalite closes its files only as a server that listens; requests reach it by way of ours.
  const dynamo = await listen(dynalite({ path: join(directory, 'dynamodb'), createTableMs: 0, deleteTableMs: 0 }), 0);
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 }, (request, response) => {
    dispatch(request, response).catch((error: unknown) => fail(response, error));
  });
  await listen(server, port);

  async function dispatch(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = String(request.headers['x-amz-target'] ?? '');
    if (target.startsWith('DynamoDB_')) dynamo.emit('request', await replay(request), response);
    else if (target.startsWith('AmazonSQS.')) await handleSqs(request, response, queues);
    else await handleS3(request, response, { store, queues });
  }

  return {
    endpoint: `http://${LOOPBACK}:${(server.address() as AddressInfo).port}`,
    async stop() {
      await Promise.all([close(server), close(dynamo)]);
      db.close();
      if (!dataDir) rmSync(directory, { recursive: true });
    },
  };
}

/** The request with its body read: dynalite ends the whole process when a caller hangs up half way. */
async function replay(request: IncomingMessage): Promise<Readable> {
  const { headers, method, url } = request;
  return Object.assign(Readable.from([await buffer(request)]), { headers, method, url });
}

async function listen(server: Server, port: number): Promise<Server> {
  server.listen(port, LOOPBACK);
  await once(server, 'listening');
  return server;
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

/** What is no AWS error is a fault of the stack, or a caller who hung up. */
function fail(response: ServerResponse, error: unknown): void {
  if (response.destroyed) return;
  console.error(error);
  if (response.headersSent) response.destroy();
  else response.writeHead(500).end();
}
