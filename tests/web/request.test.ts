import { expect } from 'vitest';
import { startWebhookReceiver } from '../../samples/demo/webhook-receiver.ts';
import { csvOf } from '../support/csv.ts';
import { choose, download, ended, products, requestShown, resultLink, startButton, upload } from './support/steps.ts';
import { describeWeb, it } from './support/test.ts';

describeWeb('a request under way', () => {
  it('shows what is done, and says what it waits for when nothing moves', async ({ open, site }) => {
    const { page } = await open();
    const rows = [1, 2, 3].map((at) => ({ name: `Done ${at}`, urls: [`${site.url}/${at}.jpg`] }));
    await upload(page, {
      name: 'waiting.csv',
      csv: csvOf([...rows, { name: 'Held', urls: [`${site.url}/held/4.jpg`] }]),
    });
    const bar = page.getByRole('progressbar', { name: 'Images done' });
    await expect.poll(() => bar.getAttribute('aria-valuetext'), { timeout: 30_000 }).toBe('3 of 4 images');
    await expect.poll(() => bar.getAttribute('aria-valuenow')).toBe('75');
    await expect.poll(() => page.title()).toMatch(/^75\s?% · waiting\.csv · Rowpress$/);
    await expect.poll(() => products(page).count()).toBe(3);
    expect(await resultLink(page).count()).toBe(0);
    await page.getByText('Waiting for 1 image').waitFor();
    await page.getByText(/Nothing has ended for/).waitFor();

    site.release();
    await ended(page);
    await products(page).filter({ hasText: 'Held' }).waitFor();
    await expect.poll(() => page.title()).toBe('waiting.csv · Rowpress');
  });

  it('goes on showing after a reload in the middle', async ({ open, site }) => {
    const { page } = await open();
    const csv = csvOf([{ urls: [`${site.url}/1.jpg`] }, { urls: [`${site.url}/held/2.jpg`] }]);
    const requestId = await upload(page, { name: 'reloaded.csv', csv });
    await page.reload();
    await page.getByRole('heading', { name: 'reloaded.csv' }).waitFor();
    const bar = page.getByRole('progressbar', { name: 'Images done' });
    await expect.poll(() => bar.getAttribute('aria-valuetext'), { timeout: 30_000 }).toBe('1 of 2 images');
    site.release();
    await ended(page);
    await page.reload();
    await ended(page);
    expect(page.url()).toContain(requestId);
  });

  it('is asked for again at next to no cost while nothing has moved', async ({ open, stage }) => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ fileName: 'awaited.csv' });
    const made = await fetch(`${stage.apiUrl}/api/uploads`, { method: 'POST', headers, body });
    const { requestId } = (await made.json()) as { requestId: string };
    const { page, context } = await open();
    // What came over the network; pages are told what their cache made of it.
    const network = await context.newCDPSession(page);
    const statuses: number[] = [];
    network.on('Network.responseReceivedExtraInfo', ({ statusCode }) => statuses.push(statusCode));
    await network.send('Network.enable');
    await page.goto(`/requests/${requestId}`);
    await page.getByRole('heading', { name: 'awaited.csv' }).waitFor();
    await expect.poll(() => statuses.filter((status) => status === 304).length).toBeGreaterThanOrEqual(2);
  });

  it('can be cancelled: what is done stays, the rest is marked', async ({ open, site }) => {
    const { page } = await open();
    const rows = Array.from({ length: 120 }, (_, at) => ({ urls: [`${site.url}${at < 2 ? '' : '/held'}/${at}.jpg`] }));
    await upload(page, { name: 'cancelled.csv', csv: csvOf(rows) });
    const bar = page.getByRole('progressbar', { name: 'Images done' });
    await expect.poll(() => bar.getAttribute('aria-valuetext'), { timeout: 30_000 }).toBe('2 of 120 images');
    // By now no worker goes by what it had read of the request before it was cancelled.
    await page.getByText('Waiting for 118 images').waitFor();
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the request' }).click();
    await page.getByText('Cancelling', { exact: true }).waitFor();
    site.release();
    await ended(page);
    await page.getByText('Cancelled', { exact: true }).first().waitFor();
    const { rows: results } = await download(page, resultLink(page));
    expect(results).toHaveLength(120);
    expect([...new Set(results.map(({ Status }) => Status))].sort()).toEqual(['CANCELLED', 'COMPLETED']);
    expect(site.served.size).toBeLessThan(120);
  });
});

describeWeb('what failed', () => {
  const csv = (url: string) =>
    csvOf([
      { name: 'Whole', urls: [`${url}/1.jpg`] },
      { name: 'Half', urls: [`${url}/2.jpg`, `${url}/lost/3.jpg`] },
      { name: 'Lost', urls: [`${url}/lost/4.jpg`] },
      { name: 'No address', urls: ['ftp://shop.example/5.jpg'] },
      { name: 'Empty', urls: [] },
    ]);

  it('is told by reason, with what helps, and what can be had is had by another try', async ({ open, site }) => {
    const { page } = await open();
    await upload(page, { name: 'failures.csv', csv: csv(site.url) });
    await ended(page);
    const panel = page.getByRole('region', { name: 'What failed, and what helps' });
    await expect
      .poll(() => panel.getByRole('listitem').allInnerTexts())
      .toEqual([
        expect.stringMatching(/^2\s+There is no such image/),
        expect.stringMatching(/^1\s+.*/),
        expect.stringMatching(/^1\s+.*/),
      ]);
    expect(await panel.getByRole('button').count(), 'only where it may help').toBe(1);
    await products(page).filter({ hasText: 'Lost' }).getByText('Image 1: There is no such image (HTTP 404)').waitFor();

    site.find();
    await panel.getByRole('button', { name: /^Try again: There is no such image/ }).click();
    await page.getByText(/, try 2$/).waitFor();
    await ended(page);
    await expect.poll(() => panel.getByText('There is no such image').count()).toBe(0);
    const { rows } = await download(page, resultLink(page));
    expect(rows.map(({ Status }) => Status)).toEqual(['COMPLETED', 'COMPLETED', 'COMPLETED', 'FAILED', 'FAILED']);
    await products(page).filter({ hasText: 'Lost' }).getByText('Done', { exact: true }).waitFor();

    const failed = await download(page, page.getByRole('link', { name: 'Failed rows' }));
    expect(failed.rows.map((row) => row['Product Name'])).toEqual(['No address', 'Empty']);
  });

  it('can be looked at alone', async ({ open, site }) => {
    const { page } = await open();
    await upload(page, { name: 'filtered.csv', csv: csv(site.url) });
    await ended(page);
    await expect.poll(() => products(page).count()).toBe(5);
    const show = (name: RegExp) => page.getByRole('radio', { name }).check({ force: true });
    await show(/^Failed 3/);
    await expect.poll(() => products(page).count()).toBe(3);
    await show(/^Partly done 1/);
    await products(page).filter({ hasText: 'Half' }).waitFor();
    await expect.poll(() => products(page).count()).toBe(1);
    await show(/^All 5/);
    await expect.poll(() => products(page).count()).toBe(5);
  });
});

describeWeb('an image', () => {
  it('is compared with its original, side by side', async ({ open, site }) => {
    const { page } = await open();
    const urls = [`${site.url}/1.jpg`, `${site.url}/2.png`, `${site.url}/missing/3.jpg`];
    await upload(page, { name: 'compared.csv', csv: csvOf([{ name: 'Vase', urls }]) });
    await ended(page);
    const tile = page.getByRole('button', { name: 'Compare image 1 of Vase' });
    await tile.click();
    const dialog = page.getByRole('dialog', { name: 'Vase' });
    await expect
      .poll(() =>
        dialog.getByRole('img').evaluateAll((all) => all.map((image) => (image as HTMLImageElement).naturalWidth)),
      )
      .toEqual([96, 96]);
    const slider = dialog.getByRole('slider', { name: 'How much of the original is shown' });
    await slider.focus();
    await page.keyboard.press('Home');
    await expect.poll(() => slider.getAttribute('aria-valuetext')).toMatch(/^0\s?% original$/);
    await dialog.getByRole('button', { name: 'Next image' }).click();
    await dialog.getByText('Image 2 of 3').waitFor();
    const next = dialog.getByRole('button', { name: 'Next image' });
    await next.click();
    await dialog.getByText('There is no such image').waitFor();
    expect(await next.evaluate((element) => element === document.activeElement), 'it keeps the focus').toBe(true);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await expect.poll(() => tile.evaluate((element) => element === document.activeElement)).toBe(true);
  });
});

describeWeb('the webhook', () => {
  it('shows each attempt with its answer, and is delivered again when asked', async ({ open, site, stage }) => {
    await using receiver = await startWebhookReceiver(stage.webhookSecret);
    const { page } = await open();
    await page.goto('/');
    await choose(page, { name: 'told.csv', csv: csvOf([{ urls: [`${site.url}/1.jpg`] }]) });
    await page.getByText('More options').click();
    await page.getByLabel('Webhook').fill(receiver.url);
    await startButton(page).click();
    await requestShown(page);
    await ended(page);
    const panel = page.getByRole('region', { name: 'Webhook', exact: true });
    await panel.getByText('Delivered', { exact: true }).waitFor();
    const rows = panel.getByRole('row');
    await expect
      .poll(() => rows.allInnerTexts())
      .toEqual([
        expect.stringContaining('Answer'),
        expect.stringMatching(/^1\s.*500/),
        expect.stringMatching(/^2\s.*204/),
      ]);
    await panel.getByRole('button', { name: 'Deliver it again' }).click();
    await expect.poll(() => rows.count(), { timeout: 30_000 }).toBe(4);
    expect(receiver.received).toHaveLength(3);
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(1);
    expect(receiver.refused).toEqual([]);
  });
});
