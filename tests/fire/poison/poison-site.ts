import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { poisoned, POISONS } from './poison.ts';

/** A shop's image server: `/<poison>/…` is an image that is poisoned so, every other address one that is not. */
export async function startPoisonSite() {
  const noise = { type: 'gaussian', mean: 128, sigma: 20 } as const;
  const image = await sharp({ create: { width: 32, height: 32, channels: 3, background: '#888', noise } })
    .jpeg({ quality: 98 })
    .toBuffer();
  const server = createServer((request, response) => {
    const poison = POISONS.find((one) => request.url?.startsWith(`/${one}/`) === true);
    response.writeHead(200).end(poison ? poisoned(image, poison) : image);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close(): Promise<void> {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
