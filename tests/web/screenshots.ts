import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import sharp from 'sharp';
import { ensurePage } from '../../infra/page/ensure-page.ts';
import { startWebhookReceiver } from '../../samples/demo/webhook-receiver.ts';
import { startImageSite } from '../support/image-site.ts';
import { makePlace } from '../support/place.ts';
import { findChromium, launchChromium, NO_CHROMIUM } from './support/chromium.ts';
import { productPhotos } from './support/product-photos.ts';
import { STATES, type State } from './support/states.ts';
import { startVisit } from './support/visit.ts';
import { makeWorld } from './support/world.ts';

const root = join(import.meta.dirname, '../..');
const FOLDER = join(root, '.local/screenshots');

const SCREENS: Record<string, BrowserContextOptions> = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  phone: { viewport: { width: 360, height: 640 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
};

const HIGHEST = 4_000;

/** The one that README.md shows. */
const SHOWN = { state: 'done', screen: { viewport: { width: 1200, height: 860 } } };

/** `npm run screenshots`: every state of the page on every kind of screen, and the picture of README.md. */
async function takeScreenshots(executable: string): Promise<void> {
  await ensurePage({ onBuild: () => console.log('Building the page …') });
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  const site = await startImageSite(await productPhotos(join(root, '.local/product-photos')));
  const place = await makePlace();
  const rowpress = await place.start();
  const browser = await launchChromium(executable);
  try {
    await using receiver = await startWebhookReceiver(place.webhookSecret);
    const world = await makeWorld({ apiUrl: place.apiUrl, site, webhookUrl: receiver.url });
    const take = async (state: State, options: BrowserContextOptions, whole: boolean) => {
      const { page, close } = await startVisit(browser, place, options);
      await state.show(page, world);
      if (whole) await growWindow(page);
      await page.waitForFunction(() =>
        [...document.images].every(
          (image) => image.naturalWidth > 0 || image.getBoundingClientRect().top > window.innerHeight,
        ),
      );
      const picture = await page.screenshot();
      await close();
      return picture;
    };
    for (const state of STATES) {
      for (const [screen, options] of Object.entries(SCREENS)) {
        await sharp(await take(state, options, true)).toFile(join(FOLDER, `${state.name}-${screen}.png`));
      }
    }
    const shown = STATES.find(({ name }) => name === SHOWN.state);
    if (shown) await writeShown(await take(shown, SHOWN.screen, false));
  } finally {
    await browser.close();
    await rowpress.stop();
    site.release();
    await site.close();
    await place.remove();
  }
}

/** A window as high as its page, so that what is loaded or drawn only when it is seen is seen. */
async function growWindow(page: Page): Promise<void> {
  const { width, height } = await page.evaluate(() => ({
    width: window.innerWidth,
    height: Math.max(window.innerHeight, document.documentElement.scrollHeight),
  }));
  await page.setViewportSize({ width, height: Math.min(height, HIGHEST) });
}

async function writeShown(picture: Buffer): Promise<void> {
  const file = join(root, 'docs/screenshot.png');
  const { size } = await sharp(picture).png({ palette: true, quality: 90, effort: 10 }).toFile(file);
  console.log(`docs/screenshot.png has ${(size / 1000).toFixed(0)} kB, the others are in .local/screenshots.`);
}

const executable = findChromium();
if (executable === undefined) console.log(NO_CHROMIUM);
else await takeScreenshots(executable);
