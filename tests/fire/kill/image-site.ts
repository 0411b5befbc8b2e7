import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import type { ImageKind } from './plan.ts';

/** As often as a fetch tries by itself: so its page is put back once. */
const REFUSALS = 3;

/** What one case has of the site. */
export type Shelf = {
  /** Told of each image that is asked for, before it is answered. */
  onAsked: () => void;
  /** No image is answered before this. */
  heldUntil: Promise<unknown>;
  /** From now on there are those that were missing. */
  mended: boolean;
};

export type ImageSite = Awaited<ReturnType<typeof startImageSite>>;

/** Serves `/<case>/<kind>/<name>-<width>.jpg` as the kind says. */
export async function startImageSite() {
  const asked = new Map<string, number>();
  const shelves = new Map<string, Shelf>();
  const pictures = new Map<number, Promise<Buffer>>();
  const picture = (width: number) => {
    const known = pictures.get(width) ?? paint(width);
    pictures.set(width, known);
    return known;
  };
  const answer = async (path: string): Promise<[status: number, body?: Buffer]> => {
    const [, ofCase = '', kind = '', name = ''] = path.split('/');
    const times = (asked.get(path) ?? 0) + 1;
    asked.set(path, times);
    const shelf = shelves.get(ofCase);
    shelf?.onAsked();
    await shelf?.heldUntil;
    const status = statusOf(kind as ImageKind, { times, mended: shelf?.mended ?? false });
    return status === 200 ? [status, await picture(Number(/(\d+)\.jpg$/.exec(name)?.[1]))] : [status];
  };
  const server = createServer((request, response) => {
    void answer(request.url ?? '').then(([status, body]) => response.writeHead(status).end(body));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    shelf(ofCase: string): Shelf {
      const shelf: Shelf = { onAsked: () => undefined, heldUntil: Promise.resolve(), mended: false };
      shelves.set(ofCase, shelf);
      return shelf;
    },
    async close(): Promise<void> {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function statusOf(kind: ImageKind, { times, mended }: { times: number; mended: boolean }): number {
  switch (kind) {
    case 'ok':
      return 200;
    case 'flaky':
      return times <= REFUSALS ? 503 : 200;
    case 'mended':
      return mended ? 200 : 404;
    case 'missing':
      return 404;
    case 'forbidden':
      return 403;
  }
}

/** Small, but large enough that compressing saves some of its bytes. */
const paint = (width: number): Promise<Buffer> =>
  sharp({
    create: { width, height: 24, channels: 3, background: '#888', noise: { type: 'gaussian', mean: 128, sigma: 20 } },
  })
    .jpeg({ quality: 98 })
    .toBuffer();
