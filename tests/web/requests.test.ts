import { expect } from 'vitest';
import { describeWeb, itInWorld } from './support/test.ts';

describeWeb('the list of requests', () => {
  itInWorld('has the newest first, each with how it ended', async ({ open, world }) => {
    const { page } = await open();
    await page.goto('/requests');
    const names = page.getByRole('main').getByRole('listitem').getByRole('link');
    await names.first().waitFor();
    await expect
      .poll(async () => (await names.allInnerTexts()).slice(0, 4))
      .toEqual(['supplier-north.csv', 'spring-catalogue.csv', 'new-arrivals.csv', 'large-catalogue.csv']);
    await page.getByRole('listitem').filter({ hasText: 'prices-only.csv' }).first().getByText('Failed').waitFor();
    await names.nth(1).click();
    await page.waitForURL(`**/requests/${world.failures}`);
    await page.goBack();
    await page.getByRole('heading', { name: 'Requests', exact: true }).waitFor();
  });

  itInWorld('is searched by name, status and id', async ({ open, world }) => {
    const { page } = await open();
    await page.goto('/requests');
    const rows = page.getByRole('main').getByRole('listitem');
    await rows.first().waitFor();
    const all = await rows.count();
    const search = page.getByRole('searchbox');
    await search.fill('autumn cancelled');
    await expect.poll(() => rows.count()).toBeLessThan(all);
    await expect.poll(() => rows.first().innerText()).toContain('autumn-sale.csv');
    await rows.first().getByRole('link').click();
    await page.getByRole('heading', { name: 'autumn-sale.csv' }).waitFor();
    await page.goBack();
    await expect.poll(() => search.inputValue(), { message: 'on the way back' }).toBe('autumn cancelled');
    await page.reload();
    await expect.poll(() => rows.first().innerText()).toContain('autumn-sale.csv');
    expect(await rows.count()).toBeLessThan(all);
    await page.getByRole('link', { name: 'Requests', exact: true }).click();
    await expect.poll(() => search.inputValue(), { message: 'a link to all of them' }).toBe('');
    await search.fill(world.clean.toLowerCase());
    await page.getByRole('link', { name: 'Open this request' }).click();
    await page.waitForURL(`**/requests/${world.clean}`);
    await page.getByRole('heading', { name: 'new-arrivals.csv' }).waitFor();
  });

  itInWorld('reads on when more is asked for', async ({ open, stage }) => {
    for (let at = 0; at < 60; at += 1) {
      const body = JSON.stringify({ fileName: `many-${at}.csv` });
      await fetch(`${stage.apiUrl}/api/uploads`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
    }
    const { page } = await open();
    await page.goto('/requests');
    const rows = page.getByRole('main').getByRole('listitem');
    await rows.first().waitFor();
    const first = await rows.count();
    await page.getByRole('button', { name: 'Show older ones' }).click();
    await expect.poll(() => rows.count()).toBeGreaterThan(first);
    await rows.nth(first).getByRole('link').click();
    await page.getByRole('heading', { name: /^many-/ }).waitFor();
    expect(await page.evaluate(() => window.scrollY)).toBe(0);
    await page.goBack();
    await expect
      .poll(() => page.evaluate(() => window.scrollY), { message: 'where one had been' })
      .toBeGreaterThan(1_000);
  });
});
