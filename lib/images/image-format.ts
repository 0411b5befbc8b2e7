import type { ReadableFormat } from './sniff-format.ts';

/** What is read is also what is written. */
export type ImageFormat = ReadableFormat;

type Abilities = {
  extension: string;
  contentType: string;
  /** The longest side that its encoder takes, in pixels. */
  maxSide: number;
  /** Animations can be written. */
  moves: boolean;
  transparent: boolean;
};

export const FORMATS: Record<ImageFormat, Abilities> = {
  jpeg: { extension: 'jpg', contentType: 'image/jpeg', maxSide: 65_535, moves: false, transparent: false },
  png: { extension: 'png', contentType: 'image/png', maxSide: 2 ** 31 - 1, moves: false, transparent: true },
  webp: { extension: 'webp', contentType: 'image/webp', maxSide: 16_383, moves: true, transparent: true },
  avif: { extension: 'avif', contentType: 'image/avif', maxSide: 16_384, moves: false, transparent: true },
  gif: { extension: 'gif', contentType: 'image/gif', maxSide: 65_535, moves: true, transparent: true },
};
