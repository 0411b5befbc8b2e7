import { parseArgs } from 'node:util';
import * as z from 'zod';

const whole = (least: number) => z.coerce.number().int().min(least);
const Options = z.object({
  /** Parts, separated by commas; all of them when left out. */
  only: z.string().optional(),
  /** Photos of a round. */
  images: whole(1).default(200),
  /** Before each answer of the photo host, in milliseconds. */
  latency: whole(0).default(0),
  rounds: whole(1).default(3),
  effort: z.enum(['fast', 'balanced', 'small']).default('balanced'),
});

/** What the command line asks for, and a directory for files that is gone after the run. */
export type BenchOptions = z.output<typeof Options> & { scratch: string };

export function readOptions(): z.output<typeof Options> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { only: text, images: text, latency: text, rounds: text, effort: text } });
  return Options.parse(values);
}
