import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import { readCsv } from '../../support/csv.ts';
import { ask } from './ask.ts';
import type { Case } from './case.ts';
import { statusOfProduct, type Ended } from './ending.ts';

/** The result CSV has every row with its outputs, the failed-rows CSV the failed ones, S3 these images and no others. */
export async function checkFiles(one: Case, ended: Ended): Promise<void> {
  const { status, outcomes } = ended;
  const results = await exported(one, status.requestId, 'all');
  const column = (name: string) => results.map((row) => row[name]);
  expect(column('Input Image Urls')).toEqual(
    one.plan.products.map((images) => images.map(({ url }) => url).join(', ')),
  );
  expect(column('Status')).toEqual(outcomes.map(statusOfProduct));
  const keys = keysOf(one, ended);
  const base = one.lane.resources.imageBaseUrl;
  expect(column('Output Image Urls')).toEqual(
    keys.map((own) => own.map((key) => (key === '' ? '' : `${base}/${key}`)).join(',')),
  );
  expect([sum(column('Bytes In')), sum(column('Bytes Out'))]).toEqual([status.bytes.in, status.bytes.out]);
  await checkImages(one, ended, keys.flat());
  if (status.status === 'COMPLETED') return;
  const failed = await exported(one, status.requestId, 'failed');
  expect(failed.map((row) => row['S. No.'])).toEqual(
    outcomes.flatMap((own, product) => (statusOfProduct(own) === 'COMPLETED' ? [] : [`SKU-${product + 1}`])),
  );
}

/** The images that should be stored, each in its slot; what a retry brought has a name of its own. */
const keysOf = ({ plan }: Case, { status, outcomes, ending }: Ended): string[][] =>
  outcomes.map((own, product) =>
    own.map((outcome, at) => {
      const retried = ending.mended && plan.products[product]?.[at]?.kind === 'mended' ? '-2' : '';
      return outcome === 'ok' ? `${status.requestId}/${product}-${at + 1}${retried}.jpg` : '';
    }),
  );

async function checkImages({ lane }: Case, { status, ending }: Ended, keys: string[]): Promise<void> {
  const { Contents = [] } = await lane.settings.aws.s3.send(
    new ListObjectsV2Command({ Bucket: lane.resources.imagesBucket, Prefix: `${status.requestId}/` }),
  );
  const wanted = keys.filter((key) => key !== '').sort();
  const stored = Contents.map(({ Key = '' }) => Key).sort();
  const needed = Contents.filter(({ Key = '' }) => wanted.includes(Key));
  expect(sum(needed.map(({ Size }) => Size))).toBe(status.bytes.out);
  // Of a cancelled request some image may have been stored by a worker that died before it could say so.
  if (ending.cancelled) expect(stored).toEqual(expect.arrayContaining(wanted));
  else expect(stored).toEqual(wanted);
}

const sum = (numbers: readonly unknown[]) => numbers.reduce<number>((total, number) => total + Number(number), 0);

async function exported({ lane }: Case, requestId: string, rows: string): Promise<Record<string, string>[]> {
  const { headers } = await ask(lane, 'export-results', { requestId, query: { rows } });
  return readCsv(await (await fetch(headers.location ?? '')).text());
}
