import { readdirSync, readFileSync } from 'node:fs';

/** Megabytes that all processes of a group hold (resident), as Linux tells them; undefined elsewhere. */
export function groupMemory(group: number): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const pages = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => residentPages(pid, group));
  return (pages.reduce((sum, count) => sum + count, 0) * 4096) / 1e6;
}

function residentPages(pid: string, group: number): number {
  try {
    // The command's name, in parentheses, may hold blanks; behind it come state, parent and group (proc(5)).
    const [, , pgrp] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\)\s/s, '')
      .split(' ');
    return Number(pgrp) === group ? Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) : 0;
  } catch {
    return 0; // it has ended meanwhile
  }
}
