import { readFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import { readCsv } from '../../support/csv.ts';

export type CsvFile = { name: string; csv: string };

/** Where files are chosen; it is there when the upload page is, which is later than `load`: React renders behind it. */
export const fileInput = (page: Page): Locator => page.getByLabel('CSV files');

/** What a person does, in the words of the page. */
export const choose = (page: Page, ...files: CsvFile[]): Promise<void> =>
  fileInput(page).setInputFiles(
    files.map(({ name, csv }) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(csv) })),
  );

export const startButton = (page: Page): Locator => page.getByRole('button', { name: /^Compress/ });

/** From choosing a file to its request's own address; gives the request's id. */
export async function upload(page: Page, file: CsvFile): Promise<string> {
  await page.goto('/');
  await choose(page, file);
  await startButton(page).click();
  return await requestShown(page);
}

/** The id of the request that the page has come to. */
export async function requestShown(page: Page): Promise<string> {
  await page.waitForURL(/\/requests\/\w{26}$/);
  return page.url().slice(-26);
}

export const resultLink = (page: Page): Locator => page.getByRole('link', { name: 'Download the result CSV' });

/** Waits until the request that is shown has ended. */
export const ended = (page: Page): Promise<void> => resultLink(page).waitFor({ timeout: 45_000 });

export type Downloaded = { name: string; text: string; rows: Record<string, string>[] };

/** What a link downloads. */
export async function download(page: Page, link: Locator): Promise<Downloaded> {
  const [file] = await Promise.all([page.waitForEvent('download'), link.click()]);
  const text = await readFile(await file.path(), 'utf8');
  return { name: file.suggestedFilename(), text, rows: readCsv(text) };
}

/** The products in sight, as a person reads them. */
export const products = (page: Page): Locator => page.getByRole('list', { name: 'Products' }).getByRole('listitem');
