import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import sharp from 'sharp';

export type ImageSite = Awaited<ReturnType<typeof startImageSite>>;

/** The image at a path, if there is one. */
type Pictures = (path: string) => Buffer | undefined;

/**
 * A shop's image server: any path that ends in .jpg, .png or .webp is an image, but for those under /missing/, and those
 * under /lost/ until `find`; those under /held/ are not answered until `release`.
 */
export async function startImageSite(given?: Pictures) {
  const pictures = given ?? (await makePictures());
  const served = new Set<string>();
  let released = Promise.withResolvers<undefined>();
  let areLost = true;
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://site').pathname;
    void (path.startsWith('/held/') ? released.promise : Promise.resolve()).then(() => {
      served.add(path);
      const isGone = path.startsWith('/missing/') || (areLost && path.startsWith('/lost/'));
      const picture = isGone ? undefined : pictures(path);
      response.writeHead(picture ? 200 : 404).end(picture);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    /** Paths that were answered, each once. */
    served: served as ReadonlySet<string>,
    release: () => released.resolve(undefined),
    /** From now on those under /held/ wait for another `release`. */
    hold: () => void (released = Promise.withResolvers()),
    find: () => void (areLost = false),
    async close(): Promise<void> {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Small, but large enough that compressing saves some of their bytes. */
async function makePictures(): Promise<Pictures> {
  const noise = { type: 'gaussian', mean: 128, sigma: 20 } as const;
  const picture = sharp({ create: { width: 96, height: 64, channels: 3, background: '#888', noise } });
  const byExtension: Record<string, Buffer | undefined> = {
    '.jpg': await picture.clone().jpeg({ quality: 98 }).toBuffer(),
    '.png': await picture.clone().png().toBuffer(),
    '.webp': await picture.clone().webp({ lossless: true }).toBuffer(),
  };
  return (path) => byExtension[extname(path)];
}
