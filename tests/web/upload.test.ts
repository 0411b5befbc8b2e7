import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { csvOf } from '../support/csv.ts';
import {
  choose,
  download,
  ended,
  fileInput,
  products,
  requestShown,
  resultLink,
  startButton,
  upload,
} from './support/steps.ts';
import { describeWeb, it as plainIt } from './support/test.ts';

const LARGE = 4_500_000;

/** With a folder for files that are dragged in: a browser takes them from the disk. */
const it = plainIt.extend<{ folder: string }>({
  // eslint-disable-next-line no-empty-pattern -- Vitest reads from the pattern which other fixtures one needs
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'rowpress-dragged-'));
    await use(folder);
    await rm(folder, { recursive: true });
  },
});

describeWeb('the sample', () => {
  it('goes from upload to result by pressing what is there', async ({ open }) => {
    const { page } = await open();
    await page.goto('/');
    await page.getByRole('button', { name: 'Try with a sample' }).click();
    await page.getByRole('cell', { name: 'Mug Fjord 300 ml' }).waitFor();
    await page.getByRole('button', { name: 'Compress 10 images' }).click();
    await requestShown(page);
    await ended(page);
    await expect.poll(() => page.title()).toBe('sample.csv · Rowpress');
    await expect.poll(() => products(page).count()).toBe(8);

    const result = await download(page, resultLink(page));
    expect(result.name).toBe('sample.results.csv');
    expect(result.rows).toHaveLength(8);
    expect(result.rows[0]).toMatchObject({ SKU: 'RP-001', 'Product Name': 'Mug Fjord 300 ml', Status: 'COMPLETED' });
    const outputs = result.rows.flatMap((row) => row['Output Image Urls']!.split(',')).filter((url) => url !== '');
    expect(outputs).toHaveLength(9);
    for (const url of outputs) expect((await fetch(url)).status).toBe(200);

    const failed = await download(page, page.getByRole('link', { name: 'Failed rows' }));
    expect(failed.name).toBe('sample.failed.csv');
    expect(failed.rows).toMatchObject([{ SKU: 'RP-008' }]);
  });
});

describeWeb('a file', () => {
  it('is understood before anything of it is sent', async ({ open, site }) => {
    const { page } = await open();
    await page.goto('/');
    const csv = `Product Name;SKU;Image URL;Preis\nKissen;K-1;${site.url}/1.jpg | ${site.url}/2.jpg;9,90\nLampe;L-1;;5\nUhr;U-1;www.shop.example/u.jpg;7\n`;
    await choose(page, { name: 'lieferant.csv', csv });
    await startButton(page).waitFor();
    const card = page.getByRole('list', { name: 'Chosen files' }).getByRole('listitem').first();
    await card.getByText('semicolon').waitFor();
    await page.getByRole('cell', { name: 'K-1' }).waitFor();
    await expect.poll(() => card.innerText()).toMatch(/products\s+3\s+images\s+3/);
    expect(await card.innerText()).toContain('UTF-8');
    expect(await page.getByRole('columnheader', { name: 'Kept as it is' }).allInnerTexts()).toHaveLength(1);
    await page.getByText(/rows? ha(s|ve) a problem/).waitFor();
    await page.getByText(/^Row 4: image addresses must begin with/).waitFor();
    expect(site.served.size).toBe(0);
  });

  it('can be dropped anywhere on the page', async ({ open, site, folder }) => {
    const { page } = await open();
    await page.goto('/');
    const csv = csvOf([{ urls: [`${site.url}/1.jpg`] }]);
    await drop(page, await written(folder, 'dropped.csv', csv), { x: 40, y: 300 });
    await page.getByRole('heading', { name: 'dropped.csv' }).waitFor();
    await drop(page, await written(folder, 'other.csv', csv), { x: 1200, y: 780 });
    await page.getByRole('heading', { name: 'other.csv' }).waitFor();
    await page.getByRole('button', { name: 'Compress 2 images' }).waitFor();
    await page.getByRole('button', { name: 'Remove other.csv' }).click();
    await startButton(page).click();
    await requestShown(page);
    await ended(page);
  });

  it('dropped on another page is brought to the upload page', async ({ open, site, folder }) => {
    const { page } = await open();
    await page.goto('/requests');
    await page.getByRole('heading', { level: 1, name: 'Requests' }).waitFor();
    const csv = csvOf([{ urls: [`${site.url}/1.jpg`] }]);
    await drop(page, await written(folder, 'from-elsewhere.csv', csv), { x: 600, y: 500 });
    await page.getByRole('heading', { name: 'from-elsewhere.csv' }).waitFor();
    await page.getByRole('button', { name: 'Compress 1 image' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/');
  });

  it('dragged over the page and away again leaves it as it was', async ({ open, folder }) => {
    const { page } = await open();
    await page.goto('/');
    await fileInput(page).waitFor({ state: 'attached' });
    await drag(page, await written(folder, 'away.csv', 'x'), { x: 600, y: 500 });
    const target = page.getByText('Let go to add it');
    await target.dispatchEvent('dragleave');
    await target.locator('..').dispatchEvent('dragleave');
    await target.waitFor({ state: 'hidden' });
    await page.getByText('Drop a CSV here').waitFor();
  });

  it('as old programs save it is refused with what to do', async ({ open }) => {
    const { page } = await open();
    await page.goto('/');
    await page.getByText('In Excel, save it as “CSV UTF-8”').waitFor();
    const buffer = Buffer.from('SKU,Images\n1,caf\xe9\n', 'latin1');
    await fileInput(page).setInputFiles({ name: 'excel.csv', mimeType: 'text/csv', buffer });
    const alert = page.getByRole('alert');
    await alert.getByText('In Excel: Save as → “CSV UTF-8 (comma delimited)”').waitFor();
  });

  it('in which no row has an image is not sent', async ({ open }) => {
    const { page } = await open();
    await page.goto('/');
    await choose(page, { name: 'no-images.csv', csv: 'SKU,Images\n1,\n2,\n' });
    await page.getByText('There is no other row.').waitFor();
    await page.getByText('No row has an image to compress.').waitFor();
    expect(await startButton(page).getAttribute('aria-disabled')).toBe('true');
    expect(await page.getByText('all other rows are done').count()).toBe(0);
  });

  it('that is no CSV of images is said to be none, and is not sent', async ({ open }) => {
    const { page } = await open();
    await page.goto('/');
    await choose(page, { name: 'notes.csv', csv: 'colour,size\nred,4\n' });
    await page.getByRole('alert').waitFor();
    await expect.poll(() => page.getByRole('alert').innerText()).toMatch(/can’t be used/);
    await page.getByText('Rename the column with the image addresses to “Image URL”').waitFor();
    await expect.poll(() => startButton(page).getAttribute('aria-disabled')).toBe('true');
    await page.getByRole('button', { name: 'Remove notes.csv' }).click();
    await page.getByText('Drop a CSV here').waitFor();
  });

  it('comes out in the options that were asked for', async ({ open, site }) => {
    const { page } = await open();
    await page.goto('/');
    await choose(page, { name: 'options.csv', csv: csvOf([{ urls: [`${site.url}/1.jpg`] }]) });
    await page.getByRole('radio', { name: 'WebP' }).check({ force: true });
    await page.getByLabel('Largest size').selectOption({ label: 'Another size …' });
    await page.getByLabel('Width in pixels').fill('48');
    await page.getByText('More options', { exact: true }).click();
    await page.getByRole('radio', { name: 'Small' }).check({ force: true });
    await page.getByText('More options: small files').click();
    await page.getByLabel('Choose a good one for each format').uncheck();
    await page.getByRole('slider').fill('40');
    await startButton(page).click();
    await requestShown(page);
    await ended(page);
    const { rows } = await download(page, resultLink(page));
    expect(rows[0]!['Output Image Urls']).toMatch(/\.webp$/);
    await page.getByRole('button', { name: /^Compare image 1/ }).click();
    await page.getByText('WEBP, 48 × 32 pixels').waitFor();
  });

  it('larger than the API takes goes to the storage straight', async ({ open, site }) => {
    const { page } = await open();
    const posts: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST') posts.push(new URL(request.url()).pathname);
    });
    const rows = Array.from({ length: 90 }, (_, at) => `${at},P${at},${site.url}/${at % 2}.jpg,${'x'.repeat(50_000)}`);
    const csv = ['SKU,Name,Images,Notes', ...rows, ''].join('\n');
    expect(csv.length).toBeGreaterThan(LARGE);
    const requestId = await upload(page, { name: 'large.csv', csv });
    await ended(page);
    expect(posts).toEqual(['/api/uploads', expect.stringMatching(/databucket/)]);
    const { rows: results } = await download(page, resultLink(page));
    expect(results).toHaveLength(90);
    expect(results.filter(({ Status }) => Status !== 'COMPLETED')).toEqual([]);
    expect(page.url()).toContain(requestId);
  });
});

describeWeb('several files', () => {
  it('are sent one after the other, and one that is unusable stops no other', async ({ open, site }) => {
    const { page } = await open();
    await page.goto('/');
    const csv = (name: string) => csvOf([{ name, urls: [`${site.url}/${name}.jpg`] }]);
    await choose(
      page,
      { name: 'first.csv', csv: csv('first') },
      { name: 'broken.csv', csv: 'no,header\n1,2\n' },
      { name: 'third.csv', csv: csv('third') },
    );
    await page.getByRole('alert').waitFor();
    await page.getByRole('button', { name: 'Compress 2 images' }).click();
    const links = page.getByRole('link', { name: 'Open the request' });
    await links.nth(1).waitFor();
    await links.nth(1).click();
    await requestShown(page);
    await ended(page);
    await page.getByRole('heading', { name: 'third.csv' }).waitFor();
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Requests' }).click();
    await page.getByRole('link', { name: 'first.csv' }).waitFor();
    expect(await page.getByRole('link', { name: 'broken.csv' }).count()).toBe(0);
  });
});

async function written(folder: string, name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

type Point = { x: number; y: number };

/** Drags a file of the disk over the window; what is returned lets it go there. */
async function drag(page: Page, path: string, at: Point): Promise<() => Promise<unknown>> {
  const devTools = await page.context().newCDPSession(page);
  const data = { items: [], files: [path], dragOperationsMask: 1 };
  const send = (type: 'dragEnter' | 'dragOver' | 'dragCancel' | 'drop') =>
    devTools.send('Input.dispatchDragEvent', { type, ...at, data });
  const target = page.getByText('Let go to add it');
  // Before the page is rendered, which is later than its load, nobody heeds a drag, and the browser tells of it once.
  const enter = async () => {
    if (await target.isVisible()) return true;
    await send('dragCancel');
    await send('dragEnter');
    return false;
  };
  await expect.poll(enter).toBe(true);
  await send('dragOver');
  return () => send('drop');
}

async function drop(page: Page, path: string, at: Point): Promise<void> {
  const letGo = await drag(page, path, at);
  await letGo();
}
