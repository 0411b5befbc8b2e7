import { readSettings, Settings } from '../lib/env.ts';
import { api } from '../lib/http/api.ts';
import { pageHeaders } from '../lib/http/page-headers.ts';
import { servePage } from '../lib/http/serve-page.ts';
import { readStaticFiles } from '../lib/http/static-files.ts';

const settings = readSettings(Settings.pick({ PAGE_FOLDER: true, PUBLIC_API_URL: true, UPLOAD_ORIGIN: true }));
const { PUBLIC_API_URL: here, UPLOAD_ORIGIN: uploadOrigin } = settings;

// The sample's images lie beside the page, and are fetched from there as from any shop.
const fill = { '/sample.csv': (csv: string) => csv.replaceAll('https://rowpress.invalid', here) };
const deps = {
  files: readStaticFiles(settings.PAGE_FOLDER, fill),
  headers: pageHeaders({ uploadOrigin, secure: here.startsWith('https:') }),
};

/** GET / and every address that is not the API's: the page, which is one origin with the API. */
export const handler = api((event) => Promise.resolve(servePage(event, deps)));
