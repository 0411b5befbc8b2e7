import { count, type HostileClass } from './hostile-class.ts';
import { ODD_BODIES } from './origins-bodies.ts';
import { BROKEN_CONNECTIONS } from './origins-connections.ts';

const every = count(4, 1);

/** Faults of an origin, each fourth in a short run; not those that only time ends: a limit, or a pause that it asks for. */
export const faults = [...BROKEN_CONNECTIONS, ...ODD_BODIES]
  .filter(({ timeoutMs, waits }) => timeoutMs === undefined && waits === undefined)
  .flatMap((origin) => Object.values(origin.faults))
  .filter((_, at) => at % every === 0);

export const ROUNDS = 3;

export const everything: HostileClass = {
  area: 'stack',
  input: 'broken origins of every class in one CSV, three times, on the running product',
  ends: 'every image ends; a good CSV behind them is done as ever',
  bound: 'memory grows by less than 250 MB from the first time to the last',
  cases: faults.length * ROUNDS,
};

export const classes: HostileClass[] = [everything];
