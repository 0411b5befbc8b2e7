import { expect } from 'vitest';
import { csvOf } from '../support/csv.ts';
import { ended, resultLink, upload } from './support/steps.ts';
import { describeWeb, it } from './support/test.ts';

const problem = (status: number, code: string, detail: string) => ({
  status,
  json: { type: 'about:blank', title: code, status, detail, code },
});

describeWeb('a request that the API stops telling of', () => {
  it.for([
    { answer: problem(401, 'unauthorized', 'No key.'), says: 'This Rowpress asks for an API key.' },
    { answer: problem(404, 'not_found', 'There is no such request.'), says: 'There is no such request.' },
  ])('by $answer.status says why, and goes on by itself', async ({ answer, says }, { open, site }) => {
    const { page } = await open();
    const csv = csvOf([{ urls: [`${site.url}/1.jpg`] }, { urls: [`${site.url}/held/2.jpg`] }]);
    await upload(page, { name: 'refused.csv', csv });
    const bar = page.getByRole('progressbar', { name: 'Images done' });
    await expect.poll(() => bar.getAttribute('aria-valuetext'), { timeout: 30_000 }).toBe('1 of 2 images');
    let calls = 0;
    await page.route('**/api/**', (route) => {
      calls += 1;
      return route.fulfill(answer);
    });
    await page.getByText('How it last stood').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    const before = calls;
    await expect.poll(() => calls, { timeout: 30_000 }).toBeGreaterThan(before + 1);
    expect(await page.getByRole('dialog').count(), 'who does not want to be asked is not asked again').toBe(0);
    await page.getByRole('alert').filter({ hasText: says }).first().waitFor();
    expect(await page.getByText(/servers are slow/).count()).toBe(0);
    await page.unrouteAll();
    await page.getByText('How it last stood').waitFor({ state: 'detached' });
    await expect.poll(() => page.getByRole('alert').count()).toBe(0);
    site.release();
    await ended(page);
  });
});

describeWeb('without a connection', () => {
  it('a download says so, and leaves the page where it is', async ({ open, site }) => {
    const { page, context } = await open();
    await upload(page, { name: 'offline.csv', csv: csvOf([{ urls: [`${site.url}/1.jpg`] }]) });
    await ended(page);
    await context.setOffline(true);
    await resultLink(page).click();
    await page.getByText('Rowpress can’t be reached.').waitFor();
    await context.setOffline(false);
    const download = page.waitForEvent('download');
    await resultLink(page).click();
    expect((await download).suggestedFilename()).toBe('offline.results.csv');
    await page.getByText('Rowpress can’t be reached.').waitFor({ state: 'detached' });
  });
});

describeWeb('by keyboard', () => {
  it('what was pressed and is gone gives its focus to the title', async ({ open, site }) => {
    const { page } = await open();
    const csv = csvOf([{ urls: [`${site.url}/lost/1.jpg`] }, { urls: [`${site.url}/held/2.jpg`] }]);
    await upload(page, { name: 'focus.csv', csv });
    await page.getByText('Waiting for 1 image').waitFor();
    await page.getByRole('button', { name: 'Cancel', exact: true }).press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the request' }).press('Enter');
    await page.getByText('Cancelling', { exact: true }).waitFor();
    const focused = () => page.evaluate(() => document.activeElement?.tagName);
    await expect.poll(focused).toBe('H1');
    site.release();
    await ended(page);
    const retry = page.getByRole('region', { name: 'What failed, and what helps' }).getByRole('button').first();
    await retry.press('Enter');
    await page.getByText(/, try 2$/).waitFor();
    await expect.poll(focused).toBe('H1');
    await ended(page);
  });
});
