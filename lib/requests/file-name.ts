import { cut } from '../csv/cut.ts';

/** A caller's file name, for showing: some clients send a whole path; control characters would break headers and terminals. */
export function plainFileName(name = ''): string {
  const last = name.split(/[\\/]/).at(-1) ?? '';
  const clean = cut(last.replace(/\p{Cc}/gu, '').toWellFormed(), 200);
  return clean === '' ? 'products.csv' : clean;
}
