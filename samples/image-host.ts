import { readFile } from 'node:fs/promises';
import { createServer, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import { basename, join } from 'node:path';
import { samplePort } from './catalogue.ts';
import { ensureSamples, SAMPLES_DIR } from './make-samples.ts';

type Answer = { status: number; headers?: OutgoingHttpHeaders; body?: Buffer };
type Behaviour = (file: string) => Answer | Promise<Answer>;

/** A shop's image server on the loopback address, with what goes wrong on such servers. Port 0 takes a free one. */
export async function startImageHost(options: {
  port: number;
  dir: string;
}): Promise<{ port: number; close: () => Promise<void> }> {
  const behaviours = createBehaviours(options.dir);
  const server = createServer((request, response) => {
    // This host lives in the process of `npm start`: no address that anybody makes up may end it.
    respond(response, behaviours, request.url ?? '/').catch(() => response.writeHead(404).end());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : options.port;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { port, close };
}

async function respond(response: ServerResponse, behaviours: Map<string, Behaviour>, path: string): Promise<void> {
  const { pathname, searchParams } = new URL(path, 'http://host');
  const behaviour = behaviours.get(pathname.split('/')[1] ?? '') ?? missing;
  const { status, headers, body = Buffer.alloc(0) } = await behaviour(basename(searchParams.get('file') ?? pathname));
  response.writeHead(status, { 'content-length': body.length, ...headers }).end(body);
}

/** By the first part of the path. */
function createBehaviours(dir: string): Map<string, Behaviour> {
  const image: Behaviour = (file) => readFile(join(dir, file)).then((body) => ok(body, typeOf(file)));
  const behaviours: Record<string, Behaviour> = {
    images: image,
    moved: (file) => ({ status: 301, headers: { location: `/images/${file}` } }),
    flaky: everyOther({ status: 503 }, image),
    busy: everyOther({ status: 429, headers: { 'retry-after': '1' } }, image),
    forbidden: () => ({ status: 403 }),
    error: () => ({ status: 500, body: Buffer.from('Something went wrong.') }),
    loop: (file) => ({ status: 302, headers: { location: `/loop/${file}` } }),
    page: (file) => ok('<!doctype html><title>Sorry</title><p>This product is no longer available.', typeOf(file)),
    vector: () => ok('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', 'image/svg+xml'),
    truncated: async (file) => {
      const { body, ...whole } = await image(file);
      return { ...whole, body: body?.subarray(0, body.length / 2) };
    },
    // Only announced: who reads on waits for bytes that never come.
    endless: (file) => ok('', typeOf(file), { 'content-length': 100 * 2 ** 20 }),
  };
  return new Map(Object.entries(behaviours));
}

const missing: Behaviour = () => ({ status: 404, body: Buffer.from('Not found.') });

const ok = (body: Buffer | string, type: string, headers?: OutgoingHttpHeaders): Answer => ({
  status: 200,
  headers: { 'content-type': type, ...headers },
  body: Buffer.from(body),
});

function everyOther(answer: Answer, behaviour: Behaviour): Behaviour {
  const refused = new Set<string>();
  return (file) => {
    if (refused.delete(file)) return behaviour(file);
    refused.add(file);
    return answer;
  };
}

const typeOf = (file: string) => `image/${(file.split('.').pop() ?? '').replace('jpg', 'jpeg')}`;

if (import.meta.main) {
  await ensureSamples();
  const { port } = await startImageHost({ port: samplePort(), dir: SAMPLES_DIR });
  console.log(`Sample images are at http://127.0.0.1:${port}/images/`);
}
