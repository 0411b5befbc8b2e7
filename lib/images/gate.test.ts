import { describe, expect, it } from 'vitest';
import { createByteGate, createKeyedGate } from './gate.ts';

const settled = async (work: Promise<unknown>) => {
  const later = Symbol('later');
  return (await Promise.race([work, new Promise((resolve) => setImmediate(resolve, later))])) !== later;
};

const MIB = 1024 * 1024;

describe('createByteGate', () => {
  it('makes wait what has no room, until room is given back', async () => {
    const reserve = createByteGate(100 * MIB);
    const first = await reserve(70 * MIB);
    const second = reserve(40 * MIB);
    expect(await settled(second)).toBe(false);
    first.shrink(65 * MIB);
    expect(await settled(second)).toBe(false);
    first.shrink(60 * MIB);
    expect(await settled(second)).toBe(true);
  });

  it('serves in turn, so that the small ones don’t starve a large one', async () => {
    const reserve = createByteGate(100 * MIB);
    const first = await reserve(60 * MIB);
    const large = reserve(100 * MIB);
    const small = reserve(1);
    expect(await settled(small)).toBe(false);
    first.release();
    (await large).release();
    expect(await settled(small)).toBe(true);
  });

  it('takes more than all there is for all there is, and nothing for a little', async () => {
    const reserve = createByteGate(100 * MIB);
    (await reserve(1000 * MIB)).release();
    (await reserve(0)).release();
    expect(await settled(reserve(100 * MIB))).toBe(true);
  });

  it('gives back once, however often it is told to', async () => {
    const reserve = createByteGate(100 * MIB);
    const first = await reserve(50 * MIB);
    first.release();
    first.release();
    first.shrink(80 * MIB);
    await reserve(100 * MIB);
    expect(await settled(reserve(1))).toBe(false);
  });

  it('is quick with much room: a thousand turns in a gigabyte', async () => {
    const reserve = createByteGate(1024 * MIB);
    const startedAt = performance.now();
    for (let n = 0; n < 1000; n++) (await reserve(MIB)).release();
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });
});

describe('createKeyedGate', () => {
  it('bounds the work of one key, and lets the others pass', async () => {
    const run = createKeyedGate(2);
    const started: string[] = [];
    const doors: (() => void)[] = [];
    const work = (name: string) => () => {
      started.push(name);
      return new Promise<void>((resolve) => doors.push(resolve));
    };
    const all = [run('a', work('a1')), run('a', work('a2')), run('a', work('a3')), run('b', work('b1'))];
    await settled(Promise.all(all));
    expect(started).toEqual(['a1', 'a2', 'b1']);
    doors.shift()?.();
    await all[0];
    await settled(Promise.all(all));
    expect(started).toContain('a3');
    doors.forEach((open) => open());
    await Promise.all(all);
  });

  it('goes on after work that failed', async () => {
    const run = createKeyedGate(1);
    await expect(run('a', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await run('a', () => Promise.resolve(1))).toBe(1);
  });
});
