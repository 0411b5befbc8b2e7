import type { RequestView } from '../api/types.ts';
import { hasEnded } from './status-words.ts';

const SECOND = 1_000;
const HIDDEN_EVERY = 30 * SECOND;

/** `youngForMs`: how long ago this run of the request began. */
export type Watch = { view: RequestView | undefined; youngForMs: number; hidden: boolean };

/** After how many milliseconds to ask again; false when nothing more will change. */
export function pollEvery({ view, youngForMs, hidden }: Watch): number | false {
  if (view && hasEnded(view.status)) {
    if (view.webhook?.status !== 'pending') return false;
    return hidden ? HIDDEN_EVERY : grown(youngForMs, { least: 2 * SECOND, most: 15 * SECOND });
  }
  return hidden ? HIDDEN_EVERY : grown(youngForMs, { least: SECOND, most: 5 * SECOND });
}

/** A thirtieth of the age: what has run for half a minute is asked for each second, for two and a half minutes every five. */
const grown = (ageMs: number, { least, most }: { least: number; most: number }) =>
  Math.min(Math.max(ageMs / 30, least), most);
