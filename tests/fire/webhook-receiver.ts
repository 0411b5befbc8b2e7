import { once } from 'node:events';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import type { Fault } from '../hostile/fault-server.ts';

/** One request as it came over the wire. */
export type Post = { at: number; path: string; headers: Record<string, string>; body: string };

export type ReceiverOptions = {
  tls?: TlsOptions;
  /** Has each new connection first; when it answers true, nobody reads what comes over it. */
  greet?: (socket: Socket) => boolean;
};

export type Receiver = Awaited<ReturnType<typeof startReceiver>>;

/** A webhook's receiver that keeps every whole request, and then answers byte for byte as it is told to. */
export async function startReceiver(answer: Fault, { tls, greet = () => false }: ReceiverOptions = {}) {
  const posts: Post[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  let next = Promise.withResolvers<undefined>();
  const serve = (socket: Socket) => {
    if (greet(socket)) return;
    let unread = '';
    socket.on('data', (chunk: Buffer) => {
      unread += chunk.toString('latin1');
      const post = readPost(unread);
      if (!post) return;
      unread = '';
      posts.push(post);
      next.resolve(undefined);
      next = Promise.withResolvers();
      void answer({ socket, path: post.path, nth: posts.length, nthOnSocket: 1 });
    });
  };
  const server = tls ? createTlsServer(tls, serve) : createTcpServer(serve);
  server.on('tlsClientError', () => undefined);
  server.on('connection', (socket: Socket) => {
    connections++;
    sockets.add(socket.on('error', () => undefined).on('close', () => sockets.delete(socket)));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}/hook?key=s3cret`,
    posts: posts as readonly Post[],
    connections: () => connections,
    nextPost: () => next.promise,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function readPost(text: string): Post | undefined {
  const end = text.indexOf('\r\n\r\n');
  const [start = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.split(':')[0]!.toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const body = Buffer.from(text.slice(end + 4), 'latin1');
  if (end < 0 || body.length < Number(headers['content-length'])) return undefined;
  return { at: Date.now(), path: start.split(' ')[1] ?? '', headers, body: body.toString('utf8') };
}
