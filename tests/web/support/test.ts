import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { describe, expect, inject, test } from 'vitest';
import { startWebhookReceiver } from '../../../samples/demo/webhook-receiver.ts';
import { startImageSite, type ImageSite } from '../../support/image-site.ts';
import { findChromium, launchChromium } from './chromium.ts';
import type { Stage } from './global-setup.ts';
import { startVisit, type Visit } from './visit.ts';
import { makeWorld, type World } from './world.ts';

const FAILURES = join(import.meta.dirname, '../../../.local/web-failures');

const executable = findChromium();

/** Tests that need a browser: counted as skipped where there is none. */
export const describeWeb = executable === undefined ? describe.skip : describe;

type Fixtures = {
  /** The running Rowpress. */
  stage: Stage;
  browser: Browser;
  /** A shop's images. */
  site: ImageSite;
  /** Opens a browser window of its own; at the end of the test nothing may have gone wrong in any of them. */
  open: (options?: BrowserContextOptions & { at?: Pick<Stage, 'apiUrl' | 'endpoint'> }) => Promise<Visit>;
};

/* eslint-disable no-empty-pattern -- Vitest reads from the pattern which other fixtures one needs */
export const it = test.extend<Fixtures>({
  stage: async ({}, use) => {
    const stage = inject('stage');
    if (!stage) throw new Error('Rowpress does not run: the global setup has found no browser.');
    await use(stage);
  },
  browser: [
    async ({}, use) => {
      const browser = await launchChromium(executable ?? '');
      await use(browser);
      await browser.close();
    },
    { scope: 'file' },
  ],
  site: async ({}, use) => {
    const site = await startImageSite();
    await use(site);
    site.release();
    await site.close();
  },
  open: async ({ browser, stage, task }, use) => {
    const visits: Visit[] = [];
    await use(async ({ at = stage, ...options } = {}) => {
      const visit = await startVisit(browser, at, options);
      visits.push(visit);
      return visit;
    });
    if (task.result?.state === 'fail') await keepPictures(task.name, visits);
    for (const { close } of visits) await close();
    expect(visits.flatMap(({ problems }) => problems)).toEqual([]);
  },
});

/** What a failed test saw last, for whoever mends it. */
async function keepPictures(name: string, visits: readonly Visit[]): Promise<void> {
  await mkdir(FAILURES, { recursive: true });
  for (const [at, { page }] of visits.entries()) {
    const path = join(FAILURES, `${name.replaceAll(/\W+/g, '-')}-${at + 1}.png`);
    await page.screenshot({ path, fullPage: true }).catch(() => undefined);
    console.error(`What it looked like: ${path}`);
  }
}

/** As `it`, with requests in every state, made once for all tests of a file. */
export const itInWorld = it.extend<{ world: World }>({
  world: [
    async ({}, use) => {
      const stage = inject('stage');
      if (!stage) throw new Error('Rowpress does not run: the global setup has found no browser.');
      const site = await startImageSite();
      await using receiver = await startWebhookReceiver(stage.webhookSecret);
      await use(await makeWorld({ apiUrl: stage.apiUrl, site, webhookUrl: receiver.url }));
      site.release();
      await site.close();
    },
    { scope: 'file' },
  ],
});
