import { expect } from 'vitest';
import { csvOf } from '../support/csv.ts';
import { makePlace } from '../support/place.ts';
import { choose, download, ended, requestShown, resultLink, startButton, upload } from './support/steps.ts';
import { describeWeb, it } from './support/test.ts';

describeWeb('a connection that is lost', () => {
  it('while a request runs is told, and made good for when it is back', async ({ open, site }) => {
    const { page, context } = await open();
    const csv = csvOf([{ urls: [`${site.url}/1.jpg`] }, { urls: [`${site.url}/held/2.jpg`] }]);
    await upload(page, { name: 'offline.csv', csv });
    const bar = page.getByRole('progressbar', { name: 'Images done' });
    await expect.poll(() => bar.getAttribute('aria-valuetext'), { timeout: 30_000 }).toBe('1 of 2 images');
    await context.setOffline(true);
    await page.getByText('No connection to Rowpress').waitFor();
    site.release();
    await context.setOffline(false);
    await ended(page);
    await page.getByText('No connection to Rowpress').waitFor({ state: 'detached' });
  });

  it('is told beside the list of requests, which then goes on', async ({ open, site }) => {
    const { page, context } = await open();
    const csv = csvOf([{ urls: [`${site.url}/held/1.jpg`] }]);
    await upload(page, { name: 'watched.csv', csv });
    await page.goto('/requests');
    const row = page.getByRole('listitem').filter({ hasText: 'watched.csv' }).first();
    await row.waitFor();
    await context.setOffline(true);
    await page.getByText('No connection to Rowpress').waitFor();
    expect(await row.count()).toBe(1);
    site.release();
    await context.setOffline(false);
    await row.getByText('Completed').waitFor({ timeout: 45_000 });
    await page.getByText('No connection to Rowpress').waitFor({ state: 'detached' });
  });

  it('before an upload holds it, and sends it once when it is back', async ({ open, site }) => {
    const { page, context } = await open();
    await page.goto('/');
    await choose(page, { name: 'held.csv', csv: csvOf([{ urls: [`${site.url}/1.jpg`] }]) });
    await page.getByRole('button', { name: 'Compress 1 image' }).waitFor();
    await context.setOffline(true);
    await startButton(page).click();
    await page.getByText('The upload was interrupted.').waitFor();
    await context.setOffline(false);
    await requestShown(page);
    await ended(page);
    await page.goto('/requests');
    await page.getByRole('link', { name: 'held.csv' }).first().waitFor();
    expect(await page.getByRole('link', { name: 'held.csv' }).count()).toBe(1);
  });

  it('by an answer that never came makes no second request', async ({ open, site }) => {
    const { page } = await open();
    await page.goto('/');
    let lost = 0;
    await page.route('**/api/upload', async (route) => {
      lost += 1;
      if (lost > 1) return route.continue();
      await route.fetch(); // it arrives, and is answered to nobody
      return route.abort('connectionreset');
    });
    await choose(page, { name: 'answered-to-nobody.csv', csv: csvOf([{ urls: [`${site.url}/1.jpg`] }]) });
    await startButton(page).click();
    await requestShown(page);
    await ended(page);
    expect(lost).toBe(2);
    await page.goto('/requests');
    await page.getByRole('link', { name: 'answered-to-nobody.csv' }).first().waitFor();
    expect(await page.getByRole('link', { name: 'answered-to-nobody.csv' }).count()).toBe(1);
  });

  it('on purpose leaves no request that waits for the file', async ({ open, site }) => {
    const { page } = await open();
    await page.goto('/');
    const posts: string[] = [];
    page.on('request', (request) => request.method() === 'POST' && posts.push(new URL(request.url()).pathname));
    await page.route(/databucket/, () => undefined); // the storage never answers
    const rows = Array.from({ length: 90 }, (_, at) => `${at},P${at},${site.url}/1.jpg,${'x'.repeat(50_000)}`);
    await choose(page, { name: 'stopped.csv', csv: ['SKU,Name,Images,Notes', ...rows, ''].join('\n') });
    const form = page.waitForResponse('**/api/uploads');
    await startButton(page).click();
    const { requestId } = (await (await form).json()) as { requestId: string };
    await expect.poll(() => posts.at(-1)).toMatch(/databucket/);
    await page.getByRole('button', { name: 'Stop sending stopped.csv' }).click();
    await page.getByText('Drop a CSV here').waitFor();
    await expect.poll(() => posts.at(-1)).toBe(`/api/requests/${requestId}/cancel`);
    await page.goto(`/requests/${requestId}`);
    await page.getByText('Cancelled', { exact: true }).first().waitFor();
  });

  it('keeps the files that were chosen over a reload', async ({ open, site }) => {
    const { page } = await open();
    await page.goto('/');
    await choose(page, { name: 'kept.csv', csv: csvOf([{ urls: [`${site.url}/1.jpg`] }]) });
    await page.getByRole('button', { name: 'Compress 1 image' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'kept.csv' }).waitFor();
    await startButton(page).click();
    await requestShown(page);
    await ended(page);
  });
});

describeWeb('a server that dies', () => {
  it('in the middle of a request is waited for, and the result comes', { timeout: 180_000 }, async ({ open, site }) => {
    const place = await makePlace();
    let rowpress = await place.start();
    try {
      const { page, expectProblems } = await open({ at: place });
      const csv = csvOf([{ urls: [`${site.url}/1.jpg`] }, { urls: [`${site.url}/held/2.jpg`] }]);
      await upload(page, { name: 'killed.csv', csv });
      const bar = page.getByRole('progressbar', { name: 'Images done' });
      await expect.poll(() => bar.getAttribute('aria-valuetext'), { timeout: 30_000 }).toBe('1 of 2 images');
      await rowpress.kill();
      await page.getByText('No connection to Rowpress').waitFor();
      rowpress = await place.start();
      site.release();
      await resultLink(page).waitFor({ timeout: 120_000 });
      const { rows } = await download(page, resultLink(page));
      expect(rows.map(({ Status }) => Status)).toEqual(['COMPLETED', 'COMPLETED']);
      // What a server says that is about to end, or has only begun.
      expectProblems(/^50\d from/);
    } finally {
      await rowpress.stop();
      await place.remove();
    }
  });
});
