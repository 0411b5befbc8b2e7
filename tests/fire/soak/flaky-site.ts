import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';

/** How an image comes: by the first folder of its address. */
export const KINDS = ['ok', 'flaky', 'reset', 'changing', 'missing', 'text'] as const;
export type Kind = (typeof KINDS)[number];

/** What must become of it, unless it was given up. */
export const DESERVED: Record<Kind, string> = {
  ok: 'ok',
  flaky: 'ok',
  reset: 'ok',
  changing: 'ok',
  missing: 'not_found',
  text: 'not_an_image',
};

/**
 * A shop's image server with moods: flaky images are refused twice, the connection of others breaks once, and some have
 * another format each time.
 */
export async function startFlakySite() {
  const pictures = await makePictures();
  const asked = new Map<string, number>();
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    const times = (asked.get(path) ?? 0) + 1;
    asked.set(path, times);
    const kind = path.split('/')[1] as Kind;
    if (kind === 'missing') response.writeHead(404).end();
    else if (kind === 'text') response.writeHead(200).end('<html>not here</html>');
    else if (kind === 'flaky' && times <= 2) response.writeHead(503).end();
    else if (kind === 'reset' && times === 1) request.socket.destroy();
    else response.writeHead(200).end(pictures[kind === 'changing' ? times % pictures.length : 0]);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Addresses that nobody asks for any more. */
    forget: () => asked.clear(),
    async close(): Promise<void> {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function makePictures(): Promise<Buffer[]> {
  const noise = { type: 'gaussian', mean: 128, sigma: 20 } as const;
  const picture = sharp({ create: { width: 64, height: 64, channels: 3, background: '#888', noise } });
  return [
    await picture.clone().jpeg({ quality: 98 }).toBuffer(),
    await picture.clone().png().toBuffer(),
    await picture.clone().webp({ lossless: true }).toBuffer(),
  ];
}
