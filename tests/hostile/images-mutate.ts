import { seededRandom, type Random } from '../fakes/seeded-random.ts';

const INTERESTING = [0, 1, 0x7f, 0x80, 0xfe, 0xff];

/** Near the start more often than not, where the sizes and the tables stand. */
const place = (random: Random, length: number) =>
  Math.floor((random.chance(0.5) ? random.next() ** 2 : random.next()) * length);

const CHANGES: ((bytes: Buffer, random: Random, other: Buffer) => Buffer)[] = [
  function flip(bytes, random) {
    const at = place(random, bytes.length);
    bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << random.whole(0, 7)), at);
    return bytes;
  },
  function set(bytes, random) {
    bytes.writeUInt8(random.chance(0.5) ? random.pick(INTERESTING) : random.whole(0, 255), place(random, bytes.length));
    return bytes;
  },
  function setNumber(bytes, random) {
    const at = Math.min(place(random, bytes.length), bytes.length - 4);
    bytes.writeUInt32BE(random.pick([0, 1, 0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff]), at);
    return bytes;
  },
  function cutEnd(bytes, random) {
    return bytes.subarray(0, Math.max(8, place(random, bytes.length)));
  },
  function cutOut(bytes, random) {
    const at = place(random, bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + random.whole(1, 64))]);
  },
  function insert(bytes, random) {
    const at = place(random, bytes.length);
    const noise = Buffer.from(Array.from({ length: random.whole(1, 64) }, () => random.whole(0, 255)));
    return Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)]);
  },
  function repeat(bytes, random) {
    const at = place(random, bytes.length);
    const part = bytes.subarray(at, at + random.whole(1, 256));
    return Buffer.concat([bytes.subarray(0, at), part, bytes.subarray(at)]);
  },
  function swap(bytes, random) {
    const [a, b, c] = [0, 1, 2].map(() => place(random, bytes.length)).toSorted((x, y) => x - y) as [
      number,
      number,
      number,
    ];
    return Buffer.concat([bytes.subarray(0, a), bytes.subarray(b, c), bytes.subarray(a, b), bytes.subarray(c)]);
  },
  function graft(bytes, random, other) {
    return Buffer.concat([bytes.subarray(0, place(random, bytes.length)), other.subarray(place(random, other.length))]);
  },
];

/** One of the sources after one to three changes, the same for the same seed and number. */
export function mutant(sources: Buffer[], seed: number, index: number): { bytes: Buffer; random: Random } {
  const random = seededRandom(Math.imul(seed, 1_000_003) + index);
  const times = random.whole(1, 3);
  let bytes: Buffer = Buffer.from(random.pick(sources));
  for (let time = 0; time < times && bytes.length >= 8; time++) {
    bytes = Buffer.from(random.pick(CHANGES)(bytes, random, random.pick(sources)));
  }
  return { bytes, random };
}
