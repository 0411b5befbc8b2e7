import { rowpressApi } from '../../../samples/demo/rowpress-api.ts';
import { until } from '../../../samples/demo/until.ts';
import { csvOf, type Row } from '../../support/csv.ts';
import type { ImageSite } from '../../support/image-site.ts';

const SOON = { seconds: 90 };
/** Workers go that long by what they have read of a request; then those that go on see that it is cancelled. */
const REMEMBERED_MS = 6_000;

/** Requests in every state that one can look at. */
export type World = Awaited<ReturnType<typeof makeWorld>>;

type Surroundings = { apiUrl: string; site: ImageSite; webhookUrl: string };

/** Has Rowpress work on some files until each is in the state it is named after. */
export async function makeWorld({ apiUrl, site, webhookUrl }: Surroundings) {
  const api = rowpressApi(apiUrl);
  const send = async (name: string, csv: string, options = {}) => (await api.upload(csv, name, options)).requestId;
  const ended = (requestId: string) =>
    until('a request ended', async () => ((await api.status(requestId)).finishedAt ? true : undefined), SOON);
  const post = async (path: string, body?: object): Promise<unknown> => {
    const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    return (await fetch(apiUrl + path, { method: 'POST', ...(body && json) })).json();
  };

  const cancelled = await send('autumn-sale.csv', csvOf([...catalogue(site.url, 2), ...held(site.url, 30)]));
  const someIsDone = async () => {
    const { images, createdAt } = await api.status(cancelled);
    const age = Date.now() - Date.parse(createdAt);
    return images.pending === 60 && age > REMEMBERED_MS ? true : undefined;
  };
  await until('some was done', someIsDone, SOON);
  await post(`/api/requests/${cancelled}/cancel`);
  site.release();
  await ended(cancelled);
  site.hold();

  const unusable = await sendToStorage(post, { name: 'prices-only.csv', csv: 'SKU,Price\nA-1,9.90\n' });
  const awaiting = await askForForm(post, 'large-catalogue.csv');
  const clean = await send('new-arrivals.csv', csvOf(catalogue(site.url, 9)));
  const failures = await send('spring-catalogue.csv', csvOf(withFailures(site.url)), { webhookUrl });
  await Promise.all([unusable, clean, failures].map(ended));
  const told = async () => ((await api.status(failures)).webhook?.status === 'delivered' ? true : undefined);
  await until('the webhook was delivered', told, SOON);
  const running = await send('supplier-north.csv', csvOf([...catalogue(site.url, 8), ...held(site.url, 4)]));
  await until('most was done', async () => ((await api.status(running)).images.pending === 8 ? true : undefined), SOON);
  return { cancelled, unusable, awaiting: awaiting.requestId, clean, failures, running, site };
}

const PRODUCTS = [
  ['Mug Fjord 300 ml', 'mug-1.jpg', 'mug-2.jpg'],
  ['Sneaker Río 42', 'shoe-1.jpg'],
  ['Table lamp Söller, brass', 'lamp-1.jpg', 'lamp-2.png'],
  ['Handbag Odéon', 'bag-1.webp'],
  ['Olive oil "Levante", 500 ml', 'bottle-1.jpg', 'bottle-2.jpg', 'bottle-3.png'],
  ['Headphones Still', 'headphones-1.png'],
  ['Chair Mål, mustard', 'chair-1.jpg', 'chair-2.jpg'],
  ['Wall clock Uhr', 'clock-1.jpg'],
  ['Plant pot Terra', 'plant-1.jpg', 'plant-2.webp'],
] as const;

const catalogue = (url: string, most: number): Row[] =>
  PRODUCTS.slice(0, most).map(([name, ...files]) => ({ name, urls: files.map((file) => `${url}/${file}`) }));

const held = (url: string, count: number): Row[] =>
  Array.from({ length: count }, (_, at) => ({
    name: `Cushion Vila, colour ${at + 1}`,
    urls: [1, 2].map((view) => `${url}/held/cushion-${at + 1}-${view}.jpg`),
  }));

const withFailures = (url: string): Row[] => [
  ...catalogue(url, 6),
  { name: 'Desk lamp, discontinued', urls: [`${url}/lamp-1.jpg`, `${url}/missing/lamp-2.jpg`] },
  { name: 'Poster 90 × 60', urls: [`${url}/missing/poster.jpg`, `${url}/missing/poster-2.jpg`] },
  { name: 'Scarf, on the old server', urls: ['ftp://shop.example/scarf.jpg'] },
  { name: 'Gift card', urls: [] },
];

type Post = (path: string, body?: object) => Promise<unknown>;
type Form = { requestId: string; upload: { url: string; fields: Record<string, string> } };

const askForForm = (post: Post, fileName: string) => post('/api/uploads', { fileName }) as Promise<Form>;

/** As the page does with a large file, which nobody looks into before it is there. */
async function sendToStorage(post: Post, { name, csv }: { name: string; csv: string }): Promise<string> {
  const { requestId, upload } = await askForForm(post, name);
  const form = new FormData();
  for (const [field, value] of Object.entries(upload.fields)) form.set(field, value);
  form.set('file', new Blob([csv]));
  await fetch(upload.url, { method: 'POST', body: form });
  return requestId;
}
