import { once } from 'node:events';
import { createServer, isIPv6, type AddressInfo, type Server } from 'node:net';

const ENETUNREACH = -101;

type Connect = (request: object, address: string, port: number) => number;
type TcpHandle = Record<'connect' | 'connect6', Connect>;

/** An address and a port as they stand in a URL. */
export const placeOf = (address: string, port: number | string): string =>
  isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;

/**
 * Sees every TCP dial of this process, whichever library makes it, in the call that hands it to the system. Only dials to
 * this machine go on, to real listeners; all others fail as if there were no network.
 */
export async function watchDials() {
  const probe = await listen('127.0.0.1');
  const tcp = Object.getPrototypeOf((probe as Server & { _handle: TcpHandle })._handle) as TcpHandle;
  probe.close();

  const dialled: string[] = [];
  const { connect, connect6 } = tcp;
  const watched = (original: Connect): Connect =>
    function (this: TcpHandle, request, address, port) {
      dialled.push(placeOf(address, port));
      return ['127.0.0.1', '::1'].includes(address) ? original.call(this, request, address, port) : ENETUNREACH;
    };
  tcp.connect = watched(connect);
  tcp.connect6 = watched(connect6);
  return {
    /** What was dialled since it was last asked. */
    take: (): string[] => dialled.splice(0),
    [Symbol.dispose]: () => void Object.assign(tcp, { connect, connect6 }),
  };
}

/** Listeners on one port of this machine, over IPv4 and, where it has that, IPv6, that count who reaches them. */
export async function forbiddenListeners() {
  let connections = 0;
  const four = await listen('127.0.0.1');
  const { port } = four.address() as AddressInfo;
  const six = await listen('::1', port).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRNOTAVAIL') throw error;
  });
  const servers = six ? [four, six] : [four];
  for (const server of servers) {
    server.on('connection', (socket) => {
      connections++;
      socket.destroy();
    });
  }
  return {
    port,
    connections: () => connections,
    [Symbol.dispose]: () => servers.forEach((server) => void server.close()),
  };
}

async function listen(host: string, port = 0): Promise<Server> {
  const server = createServer().listen(port, host);
  await once(server, 'listening');
  return server;
}
