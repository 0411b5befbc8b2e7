/** One kind of hostile input: what it ends with, what bounds it, and how many of it every test run tries. */
export type HostileClass = {
  area: string;
  input: string;
  /** The code, or the codes, or what else comes of it. */
  ends: string;
  bound: string;
  cases: number;
};

/** `npm run test:long` tries more. */
export const long = process.env.ROWPRESS_LONG === '1';

/** How many are tried: so many in every run, so many in a long one. */
export const count = (normal: number, inLongRuns: number): number => (long ? inLongRuns : normal);

/** Of the random suites: the same in every short run, a new one in each long run; `ROWPRESS_SEED` brings a run back. */
export const seed = Number(process.env.ROWPRESS_SEED ?? (long ? Date.now() % 1_000_000 : 1));
