/** What an image can do to the process that compresses it. */
export const POISONS = ['hangs', 'exhausts', 'kills', 'spins'] as const;
export type Poison = (typeof POISONS)[number];

const MARK = 'rowpress-poison:';

/** Behind an image's end, where no decoder looks. */
export const poisoned = (image: Buffer, poison: Poison): Buffer => Buffer.concat([image, Buffer.from(MARK + poison)]);

export function poisonIn(image: Buffer): Poison | undefined {
  const end = image.subarray(-MARK.length - 10).toString('latin1');
  return POISONS.find((poison) => end.endsWith(MARK + poison));
}
