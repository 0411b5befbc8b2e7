import { count, type HostileClass } from './hostile-class.ts';
import { BOMBS } from './images-bombs.ts';
import { KINDS } from './images-kinds.ts';
import { LOOKS } from './images-looks.ts';

/** All that is tried case by case, in the test's own process. */
export const imageClasses = [...BOMBS, ...KINDS, ...LOOKS];

export const mutants: HostileClass = {
  area: 'images',
  input: 'Mutants of 18 small files: bits flipped, numbers set, parts cut, inserted, repeated, swapped, grafted',
  ends: 'a whole image, or a code of its own',
  bound: '5 s each, 600 MB, no crash: they run in a process of their own',
  cases: count(5_000, 100_000),
};

export const classes: HostileClass[] = [...imageClasses, mutants];
