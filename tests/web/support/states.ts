import type { Page } from 'playwright-core';
import { csvOf } from '../../support/csv.ts';
import { choose, products } from './steps.ts';
import type { World } from './world.ts';

/** Something that a person can come to see. */
export type State = { name: string; show: (page: Page, world: World) => Promise<void> };

async function at(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.getByRole('heading', { level: 1 }).waitFor();
}

const request = (name: Exclude<keyof World, 'site'>) => async (page: Page, world: World) => {
  await page.goto(`/requests/${world[name]}`);
  await page.getByRole('heading', { level: 1, name: /\.csv$/ }).waitFor();
};

const withProducts = (name: Exclude<keyof World, 'site'>) => async (page: Page, world: World) => {
  await request(name)(page, world);
  await products(page).first().waitFor();
};

const messy = (url: string) =>
  [
    'S. No.;Product Name;Input Image Urls;Colour',
    `1;Mug Fjord 300 ml;${url}/mug-1.jpg, ${url}/mug-2.jpg;blue`,
    `2;Sneaker Río 42;${url}/shoe-1.jpg;red`,
    '3;Gift card;;',
    '4;Poster;www.shop.example/poster.jpg;black',
    `5;Lamp;${url}/lamp-1.jpg;brass`,
    '',
  ].join('\n');

export const STATES: State[] = [
  { name: 'upload', show: (page) => at(page, '/') },
  {
    name: 'preview',
    async show(page, { site }) {
      await page.goto('/');
      await choose(page, { name: 'spring-catalogue.csv', csv: messy(site.url) });
      await page.getByRole('cell', { name: 'Sneaker Río 42' }).waitFor();
      await page.getByText('Which rows').click();
    },
  },
  {
    name: 'options',
    async show(page, { site }) {
      await page.goto('/');
      await choose(page, { name: 'a.csv', csv: csvOf([{ urls: [`${site.url}/mug-1.jpg`] }]) });
      await page.getByLabel('Choose a good one for each format').uncheck();
      await page.getByLabel('Largest size').selectOption({ label: 'Another size …' });
      await page.getByLabel('Width in pixels').fill('0');
      await page.getByText('More options').click();
      await page.getByLabel('Webhook').fill('shop.example');
    },
  },
  {
    name: 'several-files',
    async show(page, { site }) {
      await page.goto('/');
      const csv = csvOf([{ urls: [`${site.url}/mug-1.jpg`] }]);
      await choose(page, { name: 'one.csv', csv }, { name: 'notes.csv', csv: 'colour,size\nred,4\n' });
      await page.getByRole('alert').waitFor();
    },
  },
  { name: 'running', show: withProducts('running') },
  {
    name: 'question',
    async show(page, world) {
      await withProducts('running')(page, world);
      await page.getByRole('button', { name: 'Cancel', exact: true }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'offline',
    async show(page, world) {
      await withProducts('running')(page, world);
      await page.route('**/api/**', (route) => route.abort('internetdisconnected'));
      await page.getByText('No connection to Rowpress').waitFor();
    },
  },
  { name: 'awaiting-file', show: request('awaiting') },
  { name: 'done', show: withProducts('clean') },
  { name: 'failures', show: withProducts('failures') },
  { name: 'cancelled', show: withProducts('cancelled') },
  { name: 'unusable', show: request('unusable') },
  {
    name: 'comparison',
    async show(page, world) {
      await withProducts('clean')(page, world);
      await page.getByRole('button', { name: 'Compare image 1 of Mug Fjord 300 ml' }).click();
      await page.getByRole('slider').waitFor();
      await page.waitForFunction(() => [...document.images].every((image) => image.complete));
    },
  },
  {
    name: 'failed-image',
    async show(page, world) {
      await withProducts('failures')(page, world);
      await page.getByRole('button', { name: /^About image 2 of Desk lamp/ }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'requests',
    async show(page) {
      await page.goto('/requests');
      await page.getByRole('link', { name: 'spring-catalogue.csv' }).first().waitFor();
    },
  },
  {
    name: 'requests-offline',
    async show(page) {
      await page.goto('/requests');
      await page.getByRole('link', { name: 'spring-catalogue.csv' }).first().waitFor();
      await page.route('**/api/**', (route) => route.abort('internetdisconnected'));
      await page.getByText('No connection to Rowpress').waitFor();
    },
  },
  {
    name: 'nothing-found',
    async show(page) {
      await page.goto('/requests');
      await page.getByRole('searchbox').fill('no such thing');
      await page.getByText('No request matches').waitFor();
    },
  },
  {
    name: 'unknown-request',
    async show(page) {
      await page.goto('/requests/01ARZ3NDEKTSV4RRFFQ69G5FAV');
      await page.getByRole('alert').waitFor();
    },
  },
  { name: 'no-such-page', show: (page) => at(page, '/nowhere') },
  {
    name: 'key-wanted',
    async show(page) {
      const body = { type: 'about:blank', title: 'No key', status: 401, detail: 'No key.', code: 'unauthorized' };
      await page.route('**/api/**', (route) => route.fulfill({ status: 401, json: body }));
      await page.goto('/requests');
      await page.getByRole('dialog').waitFor();
    },
  },
];
