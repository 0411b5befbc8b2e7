import { globSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { long, type HostileClass } from './hostile-class.ts';

/* node tests/hostile/write-docs.ts: writes docs/hostile-input.md from every table of cases beside it. */

const INTRO = `# Hostile input

Image and webhook addresses, CSV cells, image bytes and API calls all come from strangers. These tables list the kinds of
bad input that the test suite tries, how each must end, what bounds it, and how many cases every run tries. The tests
and this page are made of the same tables; a test checks that the page is up to date. Codes are those of the API.

- \`npm test\` tries what is listed here.
- \`npm run test:long\` tries more where cases are random: mutants of images, records, texts, rows.
- A random suite prints its seed, which only long runs change; \`ROWPRESS_SEED\` brings a run back.
- \`node tests/hostile/run-corpus.ts FOLDER\` takes a folder of any files for images, and tells how each ends.
- \`node tests/hostile/write-docs.ts\` writes this page.
`;

const TITLES: Record<string, string> = {
  api: 'HTTP API',
  csv: 'CSV files',
  images: 'Images',
  logs: 'Logs',
  origins: 'Servers that images come from',
  outbound: 'Addresses',
};

async function readClasses(): Promise<HostileClass[]> {
  const files = globSync(`${import.meta.dirname}/*.cases.ts`).toSorted();
  const tables = await Promise.all(
    files.map(async (file) => {
      const { classes }: { classes: HostileClass[] } = await import(file);
      return classes;
    }),
  );
  return tables.flat();
}

const number = (value: number) => value.toLocaleString('en-US');
const sum = (classes: HostileClass[]) => classes.reduce((total, { cases }) => total + cases, 0);
const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function section(area: string, classes: HostileClass[]): string {
  const rows = classes.map(
    ({ input, ends, bound, cases }) => `| ${cell(input)} | ${cell(ends)} | ${cell(bound)} | ${number(cases)} |`,
  );
  return [
    `## ${TITLES[area] ?? area}`,
    '',
    '| What comes in | Ends with | Bound | Cases |',
    '| --- | --- | --- | ---: |',
    ...rows,
    '',
    `${classes.length} classes, ${number(sum(classes))} cases.`,
    '',
  ].join('\n');
}

/** The page as it must be committed. */
export async function hostileInputPage(path: string): Promise<string> {
  const classes = await readClasses();
  const areas = Map.groupBy(classes, ({ area }) => area);
  const total = `In all: ${classes.length} classes, ${number(sum(classes))} cases in every run.\n`;
  const page = [INTRO, total, ...[...areas].map(([area, members]) => section(area, members))].join('\n');
  return format(page, { ...(await resolveConfig(path)), filepath: path });
}

export const PAGE = join(import.meta.dirname, '../../docs/hostile-input.md');

if (import.meta.main) {
  if (long) throw new Error('The page tells of a normal run: unset ROWPRESS_LONG.');
  writeFileSync(PAGE, await hostileInputPage(PAGE));
}
