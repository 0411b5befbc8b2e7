import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { basename, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { inChild } from './child.ts';

/** Photos of 1 to 4 megapixels; as many as a run asks for are handed out, in turns. */
const PHOTOS = 240;

const DIRECTORY = join(import.meta.dirname, '../.local/bench/photos');

/** The file of the n-th photo. */
export const photoFile = (nth: number) => join(DIRECTORY, `${nth % PHOTOS}.jpg`);

/** Makes the photos once, in about a minute. */
export async function ensurePhotos(): Promise<void> {
  if (existsSync(DIRECTORY)) return;
  console.log(`Making ${PHOTOS} photos in .local/bench, once …`);
  await inChild('make-photos', { directory: DIRECTORY, count: PHOTOS });
}

export type PhotoHost = Disposable & { urlOf: (nth: number) => string };

/** Gives out a directory of images on the loopback address, each answer after so many milliseconds. */
export async function startPhotoHost(fileOf: (nth: number) => string, latencyMs = 0): Promise<PhotoHost> {
  const server = createServer((request, response) => {
    void (async () => {
      if (latencyMs > 0) await wait(latencyMs);
      // A number of its own in each address: equal ones would be a cache's, were there one.
      const body = await readFile(fileOf(Number(basename(request.url ?? '', '.jpg'))));
      response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': body.length }).end(body);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    urlOf: (nth) => `http://127.0.0.1:${port}/${nth}.jpg`,
    [Symbol.dispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}
