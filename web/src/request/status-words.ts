import type { Product, Status } from '../api/types.ts';

export type Tone = 'calm' | 'busy' | 'good' | 'warn' | 'bad';

export const STATUS_WORDS: Record<Status, { label: string; tone: Tone }> = {
  AWAITING_FILE: { label: 'Waiting for the file', tone: 'calm' },
  RECEIVED: { label: 'Reading', tone: 'busy' },
  PROCESSING: { label: 'Compressing', tone: 'busy' },
  FINISHING: { label: 'Finishing', tone: 'busy' },
  COMPLETED: { label: 'Completed', tone: 'good' },
  COMPLETED_WITH_ERRORS: { label: 'Completed with errors', tone: 'warn' },
  FAILED: { label: 'Failed', tone: 'bad' },
  CANCELLED: { label: 'Cancelled', tone: 'calm' },
};

export const PRODUCT_WORDS: Record<Product['status'], { label: string; tone: Tone }> = {
  COMPLETED: { label: 'Done', tone: 'good' },
  PARTIAL: { label: 'Partly done', tone: 'warn' },
  FAILED: { label: 'Failed', tone: 'bad' },
  CANCELLED: { label: 'Cancelled', tone: 'calm' },
};

/** Nothing more will happen by itself. */
export const hasEnded = (status: Status): boolean =>
  status === 'COMPLETED' || status === 'COMPLETED_WITH_ERRORS' || status === 'FAILED' || status === 'CANCELLED';
