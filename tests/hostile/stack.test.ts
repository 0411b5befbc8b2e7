import { expect, test, vi } from 'vitest';
import { clientOf } from '../support/client.ts';
import { csvOf } from '../support/csv.ts';
import { groupMemory } from '../support/group-memory.ts';
import { startImageSite } from '../support/image-site.ts';
import { makePlace } from '../support/place.ts';
import { startFaultServer } from './fault-server.ts';
import { everything, faults, ROUNDS } from './stack.cases.ts';

test('the running product, fed with every broken origin, still answers, with memory where it was', async () => {
  vi.stubEnv('IMAGE_TIMEOUT_MS', '2000');
  // As deployed: with one heap a thread, what is free again stays with the process.
  vi.stubEnv('MALLOC_ARENA_MAX', '2');
  const place = await makePlace();
  const rowpress = await place.start();
  await using origin = await startFaultServer((exchange) =>
    faults[Number(exchange.path.slice(1).split('?')[0])]?.(exchange),
  );
  const site = await startImageSite();
  const client = clientOf(place.apiUrl);
  const rows = faults.map((_, fault) => ({ urls: [`http://127.0.0.1:${origin.port}/${fault}`] }));
  let tried = 0;
  const memory: number[] = [];
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const { requestId } = await client.upload(csvOf(rows));
      const { images, products } = await client.ended(requestId);
      expect(images).toMatchObject({ total: rows.length, pending: 0 });
      expect(products.pending).toBe(0);
      tried += images.total;
      memory.push(groupMemory(rowpress.pid) ?? 0);
    }
    const good = await client.upload(csvOf([{ urls: [`${site.url}/1.jpg`, `${site.url}/2.webp`] }]));
    expect(await client.ended(good.requestId)).toMatchObject({ status: 'COMPLETED', images: { compressed: 2 } });
  } finally {
    await site.close();
    await rowpress.stop();
    await place.remove();
    vi.unstubAllEnvs();
  }
  console.log(`memory after each round: ${memory.map((megabytes) => `${Math.round(megabytes)} MB`).join(', ')}`);
  expect(tried).toBe(everything.cases);
  expect(memory.at(-1)! - memory[0]!).toBeLessThan(250);
});
