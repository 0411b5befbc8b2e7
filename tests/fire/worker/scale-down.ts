import { registerHooks } from 'node:module';
import { SCALE } from './scale.ts';

const CONSTANTS: Record<string, { name: string; value: number }> = {
  'lib/requests/paging.ts': { name: 'PAGES_WANTED', value: SCALE.pagesWanted },
  'lib/requests/keys.ts': { name: 'PAGES_PER_GROUP', value: SCALE.pagesPerGroup },
  'lib/requests/submit-csv.ts': { name: 'INSURANCE_SECONDS', value: SCALE.insuranceSeconds },
  'lib/requests/cancel-request.ts': { name: 'AFTER_STARTED_WORK_SECONDS', value: SCALE.insuranceSeconds },
  'lib/requests/sweep-images.ts': { name: 'AFTER_STARTED_WORK_SECONDS', value: SCALE.insuranceSeconds },
  'lib/aws/queue.ts': { name: 'BATCH_MOST', value: SCALE.messagesPerBatch },
  'lib/images/fetch-image.ts': { name: 'BASE_DELAY_MS', value: SCALE.fetchPauseMs },
};
const root = new URL('../../../', import.meta.url).href;

/** Scales the product down while it is loaded; a constant that is not there any more ends the process. */
registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const constant = url.startsWith(root) ? CONSTANTS[url.slice(root.length)] : undefined;
    if (!constant) return loaded;
    const declared = new RegExp(`(const ${constant.name} = )[\\d_]+;`);
    const source = Buffer.from(loaded.source as Uint8Array).toString();
    if (!declared.test(source)) throw new Error(`${url} declares no number ${constant.name}`);
    return { ...loaded, source: source.replace(declared, `$1${constant.value};`) };
  },
});
