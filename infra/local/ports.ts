import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

const LOOPBACK = '127.0.0.1';

/** Throws, with the variable that moves it, when something listens on a port already. */
export async function requireFreePort(
  port: number,
  { what, variable }: { what: string; variable: string },
): Promise<void> {
  try {
    await tryPort(port);
  } catch (error) {
    const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    if (!taken) throw error;
    throw new Error(`Port ${port} for ${what} is taken. Free it, or set ${variable} to another port.`, {
      cause: error,
    });
  }
}

/** A port of the loopback address that nothing listens on. */
export const freePort = () => tryPort(0);

async function tryPort(port: number): Promise<number> {
  const server = createServer().listen(port, LOOPBACK);
  await once(server, 'listening');
  const { port: found } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return found;
}
