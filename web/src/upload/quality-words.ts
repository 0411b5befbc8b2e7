import { type Format, USUAL_QUALITY } from './options.ts';

export type QualityWords = { name: string; means: string };

/** By how far a quality lies from the usual one of its format: 64 is much for AVIF, little for JPEG. */
const SCALE = [
  { upTo: -45, name: 'Rough', means: 'Blocks and smears are plain to see. The smallest files.' },
  { upTo: -22, name: 'Low', means: 'Losses show. Fine for small previews.' },
  { upTo: -7, name: 'Modest', means: 'Losses show when you look closely.' },
  { upTo: 6, name: 'Good', means: 'Losses are hard to see. Right for shops.' },
  { upTo: 13, name: 'High', means: 'Hardly to be told from the original.' },
];

const HIGHEST = { name: 'Highest', means: 'As good as the original. The largest files.' };
const LOSSLESS = { name: 'Lossless', means: 'Every pixel stays as it was.' };

/** What a quality from 1 to 100 looks like. */
export function qualityWords(format: Format, quality: number): QualityWords {
  if (format === 'png' && quality === 100) return LOSSLESS;
  const distance = quality - USUAL_QUALITY[format];
  const { name, means } = SCALE.find(({ upTo }) => distance <= upTo) ?? HIGHEST;
  return { name, means };
}
