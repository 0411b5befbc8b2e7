import { once } from 'node:events';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

/** One request, and the bare socket to answer it on. */
export type Exchange = {
  socket: Socket;
  path: string;
  /** Which request to the server it is, from 1. */
  nth: number;
  nthOnSocket: number;
};

export type Fault = (exchange: Exchange) => unknown;

export type FaultServerOptions = {
  /** Speaks TLS. */
  tls?: TlsOptions;
  /** Has each new connection first; when it answers true, nobody reads what comes over it. */
  greet?: (socket: Socket) => boolean;
};

/** A server that says byte for byte what it is told to, however wrong: HTTP libraries are too polite for that. */
export async function startFaultServer(fault: Fault, { tls, greet = () => false }: FaultServerOptions = {}) {
  const sockets = new Set<Socket>();
  const paths = new Map<string, number>();
  const seen = { requests: 0, connections: 0, atOnce: 0 };
  const serve = (socket: Socket) => {
    socket.on('error', () => undefined); // a client that hangs up is right to
    if (greet(socket)) return;
    let unread = '';
    let nthOnSocket = 0;
    socket.on('data', (chunk: Buffer) => {
      unread += chunk.toString('latin1');
      for (let end = unread.indexOf('\r\n\r\n'); end >= 0; end = unread.indexOf('\r\n\r\n')) {
        const path = unread.split(' ')[1] ?? '';
        unread = unread.slice(end + 4);
        paths.set(path, (paths.get(path) ?? 0) + 1);
        void fault({ socket, path, nth: ++seen.requests, nthOnSocket: ++nthOnSocket });
      }
    });
  };
  const server = tls ? createTlsServer(tls, serve) : createTcpServer(serve);
  server.on('tlsClientError', () => undefined);
  server.on('connection', (socket: Socket) => {
    seen.connections++;
    sockets.add(socket.on('error', () => undefined).on('close', () => sockets.delete(socket)));
    seen.atOnce = Math.max(seen.atOnce, sockets.size);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    /** So far; `atOnce` is the largest number of open connections. */
    seen: seen as Readonly<typeof seen>,
    /** How often each path was asked for. */
    paths: paths as ReadonlyMap<string, number>,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

const CRLF = '\r\n';

/** Status line and headers of an answer. */
export const head = (headers: Record<string, string | number> = {}, status = '200 OK'): string =>
  [`HTTP/1.1 ${status}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), '', ''].join(CRLF);

/** A proper answer. */
export const answer = (body: Buffer | string, headers: Record<string, string | number> = {}, status?: string): Buffer =>
  Buffer.concat([
    Buffer.from(head({ 'Content-Length': Buffer.byteLength(body), ...headers }, status), 'latin1'),
    Buffer.from(body),
  ]);

/** The parts of what a fault says, in order. */
export const say =
  (...parts: (Buffer | string)[]): Fault =>
  ({ socket }) =>
    socket.write(Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part))));

/** Says it and ends the connection in good order. */
export const sayAndEnd =
  (...parts: (Buffer | string)[]): Fault =>
  (exchange) => {
    say(...parts)(exchange);
    exchange.socket.end();
  };

/** Says it, and once that is on its way resets the connection. */
export const sayAndReset =
  (...parts: (Buffer | string)[]): Fault =>
  ({ socket }) => {
    const bytes = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));
    // Data that a reset overtakes is lost, and then the fault would be another one.
    socket.write(bytes, () => setTimeout(() => socket.resetAndDestroy(), 20));
  };

/** Goes on with one more piece every 10 ms, for ever. */
export const drip =
  (start: string, piece: Buffer | string): Fault =>
  ({ socket }) => {
    socket.write(start);
    const timer = setInterval(() => socket.write(piece), 10);
    socket.on('close', () => clearInterval(timer));
  };

/** Goes on as fast as the other side reads, for ever. */
export const flood =
  (start: Buffer | string, piece: Buffer | string): Fault =>
  ({ socket }) => {
    const more = () => {
      while (!socket.destroyed && socket.write(piece));
    };
    socket.on('drain', more).write(start);
    more();
  };
