import { describe, expect, test } from 'vitest';
import { makeWorld } from '../../tests/fakes/world.ts';
import { REQUEST_ID } from '../../tests/fakes/make-request.ts';
import { ImageOptions } from '../images/image-options.ts';
import { createUpload } from './create-upload.ts';

const plan = { fileName: 'large.csv', owner: 'acme', options: ImageOptions.parse({}) };
const now = () => new Date('2025-10-05T12:00:00.000Z');

function prepare() {
  const world = makeWorld();
  const signed: unknown[] = [];
  const presigner = {
    download: () => Promise.reject(new Error('not asked for')),
    uploadForm: (key: string, limits: object) => {
      signed.push({ key, ...limits });
      return Promise.resolve({ url: 'https://data.example/', fields: { key } });
    },
  };
  return { world, signed, deps: { ...world.deps, presigner, newId: () => REQUEST_ID, now } };
}

test('hands out a form for the one object that the request waits for', async () => {
  const { deps, signed } = prepare();
  const { form, maxBytes } = await createUpload(plan, deps);
  expect(signed).toEqual([{ key: `incoming/upload/${REQUEST_ID}`, maxBytes: 524_288_000, seconds: 3600 }]);
  expect(form.fields.key).toBe(`incoming/upload/${REQUEST_ID}`);
  expect(maxBytes).toBe(524_288_000);
});

test('the request awaits its file and is forgotten a day after the form has run out', async () => {
  const { deps, world } = prepare();
  await createUpload(plan, deps);
  const request = await world.requests.get(REQUEST_ID);
  expect(request).toMatchObject({ status: 'AWAITING_FILE', source: 'upload', uploadUntil: '2025-10-05T13:00:00.000Z' });
  expect(new Date(request!.expiresAt * 1000).toISOString()).toBe('2025-10-06T13:00:00.000Z');
});

describe('a repeated call', () => {
  const repeated = { ...plan, idempotencyKey: 'once' };
  const later = () => new Date('2025-10-05T15:00:00.000Z');

  test('tells until when its own form can be used, and the request waits as long', async () => {
    const { deps, world } = prepare();
    await createUpload(repeated, deps);
    const { request } = await createUpload(repeated, { ...deps, now: later });
    expect(request).toMatchObject({ requestId: REQUEST_ID, uploadUntil: '2025-10-05T16:00:00.000Z' });
    const stored = await world.requests.get(REQUEST_ID);
    expect(stored).toEqual(request);
    expect(stored!.createdAt).toBe('2025-10-05T12:00:00.000Z');
    expect(new Date(stored!.expiresAt * 1000).toISOString()).toBe('2025-10-06T16:00:00.000Z');
  });

  test('changes nothing of a request whose file has arrived', async () => {
    const { deps, world } = prepare();
    await createUpload(repeated, deps);
    const arrived = await world.requests.arrive(REQUEST_ID, {
      at: now().toISOString(),
      inputVersion: 'abc',
      expiresAt: 2_000_000_000,
    });
    const { request } = await createUpload(repeated, { ...deps, now: later });
    expect(request).toEqual(arrived);
    expect(await world.requests.get(REQUEST_ID)).toEqual(arrived);
  });
});

test('no request is left when no form can be signed', async () => {
  const { deps, world } = prepare();
  const presigner = { ...deps.presigner, uploadForm: () => Promise.reject(new Error('no credentials')) };
  await expect(createUpload(plan, { ...deps, presigner })).rejects.toThrow('no credentials');
  expect(world.table.items.size).toBe(0);
});
