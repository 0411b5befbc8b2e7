import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';

export type TestServer = AsyncDisposable & { port: number; connections: () => number };

/** A server on a free loopback port, for tests; with a certificate it speaks TLS. */
export async function startServer(
  listener: RequestListener,
  tls?: { key: string; cert: string },
  host = '127.0.0.1',
): Promise<TestServer> {
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections++;
    sockets.add(socket.on('close', () => sockets.delete(socket)));
  });
  const { promise: listening, resolve, reject } = Promise.withResolvers<undefined>();
  server.on('error', reject).listen(0, host, () => resolve(undefined));
  await listening;
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    connections: () => connections,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
}
