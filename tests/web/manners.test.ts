import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { PAGE_BYTES_MOST } from '../../infra/page/page-size.ts';
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
import { describeWeb, it } from './support/test.ts';

const HOSTILE = {
  markup: '<img src=x onerror="document.title=\'run\'"><script>document.title="run"</script>',
  template: '{{constructor.constructor("document.title=1")()}} ${1+1} &lt;b&gt;&amp;',
  rightToLeft: '\u202Egnp.elif‮ ثوب قطني أزرق',
  emoji: '👩‍👩‍👧‍👦🏳️‍🌈 mug ☕️',
  long: 'Long'.repeat(2_560),
  control: 'tab\tand\u0007bell',
};

describeWeb('names from the CSV', () => {
  it('are text, whatever they look like', async ({ open, site }) => {
    const { page } = await open();
    const names = Object.values(HOSTILE);
    const fileName = '<b onmouseover=alert(1)>‮.csv';
    const csv = csvOf(names.map((name, at) => ({ name, urls: [`${site.url}/${at}.jpg`] })));
    await page.goto('/');
    await choose(page, { name: fileName, csv });
    await page.getByRole('cell', { name: HOSTILE.template }).waitFor();
    expect(await foreignElements(page)).toBe(0);
    await startButton(page).click();
    await requestShown(page);
    await ended(page);
    await expect.poll(() => products(page).count()).toBe(names.length);
    for (const name of [HOSTILE.markup, HOSTILE.template, HOSTILE.emoji]) {
      await products(page).getByText(name, { exact: true }).waitFor();
    }
    expect(await foreignElements(page)).toBe(0);
    expect(await page.title()).toContain('Rowpress');
    expect(await widest(page)).toBeLessThanOrEqual(1280);
    await page.getByRole('button', { name: /^Compare image 1 of <img/ }).click();
    await page.getByRole('dialog').getByRole('heading', { name: HOSTILE.markup }).waitFor();
    expect(await foreignElements(page)).toBe(0);
    await page.goto('/requests');
    await page
      .getByRole('link', { name: /^<b onmouseover/ })
      .first()
      .waitFor();
    expect(await foreignElements(page)).toBe(0);
  });
});

describeWeb('on a phone', () => {
  it('all of it can be done', async ({ open, site }) => {
    const { page } = await open({ viewport: { width: 360, height: 640 }, isMobile: true, hasTouch: true });
    await page.goto('/');
    const urls = [`${site.url}/1.jpg`, `${site.url}/missing/2.jpg`];
    await choose(page, { name: 'phone.csv', csv: csvOf([{ name: 'Kettle', urls }]) });
    await startButton(page).tap();
    await requestShown(page);
    await ended(page);
    await page.getByRole('button', { name: 'Compare image 1 of Kettle' }).tap();
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).tap();
    expect(await widest(page)).toBe(360);
    const { rows } = await download(page, resultLink(page));
    expect(rows).toMatchObject([{ Status: 'PARTIAL' }]);
  });
});

describeWeb('a header with all that it can hold', () => {
  it('fits on the smallest phone', async ({ open, site }) => {
    const { page } = await open({ viewport: { width: 320, height: 568 }, isMobile: true, hasTouch: true });
    await page.addInitScript(() => sessionStorage.setItem('rowpress.apiKey', 'a key'));
    await page.route('**/api/upload', () => undefined); // it is never answered
    await page.goto('/');
    await choose(page, { name: 'under-way.csv', csv: csvOf([{ urls: [`${site.url}/1.jpg`] }]) });
    await startButton(page).tap();
    await page.getByRole('link', { name: 'Requests' }).tap();
    await page.getByRole('link', { name: /^Uploading/ }).waitFor();
    await page.getByRole('button', { name: 'Forget API key' }).waitFor();
    expect(await widest(page)).toBe(320);
  });
});

describeWeb('colours', () => {
  it('are those of the system, or those that were chosen, before anything is seen', async ({ open }) => {
    const { page } = await open({ colorScheme: 'dark' });
    await page.goto('/');
    const dark = await background(page);
    await page.getByRole('radio', { name: 'Light' }).check({ force: true });
    await expect.poll(async () => brightness(await background(page))).toBeGreaterThan(200);
    const light = await background(page);
    expect(brightness(dark)).toBeLessThan(60);
    await page.reload();
    expect(await background(page)).toBe(light);
  });
});

describeWeb('by keyboard alone', () => {
  it('a file is sent, its result looked at and left', async ({ open, site }) => {
    const { page } = await open();
    await page.goto('/');
    await fileInput(page).waitFor({ state: 'attached' });
    await page.keyboard.press('Tab');
    await expect.poll(() => focused(page)).toBe('Skip to the content');
    const chooser = page.waitForEvent('filechooser');
    await tabTo(page, /^Choose a file/);
    await page.keyboard.press('Enter');
    const csv = csvOf([{ name: 'Kettle', urls: [`${site.url}/1.jpg`] }]);
    await (await chooser).setFiles({ name: 'keys.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
    await page.getByRole('button', { name: 'Compress 1 image' }).waitFor();
    await tabTo(page, /^Compress 1 image/);
    await page.keyboard.press('Enter');
    await requestShown(page);
    await ended(page);
    await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
    await tabTo(page, /^Download the result CSV/);
    await tabTo(page, /^Compare image 1 of Kettle/);
    await page.keyboard.press('Enter');
    await tabTo(page, /^How much of the original/);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await expect.poll(() => focused(page)).toBe('Compare image 1 of Kettle');
  });

  it('focus stays near when what had it goes away', async ({ open, site }) => {
    const { page, context } = await open();
    await page.goto('/');
    await page.getByRole('button', { name: 'Try with a sample' }).press('Enter');
    await page.getByRole('heading', { name: 'sample.csv' }).waitFor();
    await expect.poll(() => focused(page)).toBe('Compress the images of a catalogue');
    const csv = csvOf([{ urls: [`${site.url}/1.jpg`] }]);
    await choose(page, { name: 'one.csv', csv }, { name: 'two.csv', csv });
    await page.getByRole('button', { name: 'Remove sample.csv' }).press('Enter');
    await expect.poll(() => focused(page)).toBe('one.csv');
    await context.setOffline(true);
    await page.getByRole('button', { name: 'Compress 2 images' }).press('Enter');
    await page.getByText('The upload was interrupted.').waitFor();
    await expect.poll(() => focused(page)).toBe('Compress');
    await page
      .getByRole('button', { name: 'Remove two.csv' })
      .or(page.getByLabel('Stop sending two.csv'))
      .press('Enter');
    await expect.poll(() => focused(page)).toBe('one.csv');
    await page.getByRole('button', { name: 'Stop sending one.csv' }).press('Enter');
    await expect.poll(() => focused(page)).toBe('Compress the images of a catalogue');
    await context.setOffline(false);
  });

  it('what has focus can be seen', async ({ open }) => {
    const { page } = await open();
    await page.goto('/');
    await fileInput(page).waitFor({ state: 'attached' });
    for (let at = 0; at < 12; at += 1) {
      await page.keyboard.press('Tab');
      const outline = await page.evaluate(() => {
        const element = document.activeElement;
        if (!element || element === document.body) return 'none needed';
        // A hidden radio button shows its focus on its label.
        const shown = element.matches('.visually-hidden') ? (element.closest('label') ?? element) : element;
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(shown);
        return outlineStyle !== 'none' && parseFloat(outlineWidth) > 0 ? 'outline' : boxShadow;
      });
      expect(outline, await focused(page)).not.toBe('none');
    }
  });
});

describeWeb('a screen reader', () => {
  it('is told how a request comes along', async ({ open, site }) => {
    const { page } = await open();
    await upload(page, { name: 'heard.csv', csv: csvOf([{ urls: [`${site.url}/held/1.jpg`] }]) });
    await page.getByRole('progressbar', { name: 'Images done' }).waitFor();
    site.release();
    await ended(page);
    const said = () => page.getByRole('status').allInnerTexts();
    await expect.poll(async () => (await said()).join()).toContain('The result can be downloaded.');
  });
});

describeWeb('what got into the page all the same', () => {
  it('neither runs nor sends anything, and would be seen by these tests', async ({ open }) => {
    const { page, problems, expectProblems } = await open();
    await page.goto('/');
    await page.evaluate(async () => {
      const script = document.createElement('script');
      script.textContent = 'document.title = "it ran"';
      document.body.append(script);
      await fetch('http://127.0.0.1:9/').catch(() => undefined);
    });
    expect(await page.title()).not.toBe('it ran');
    await expect
      .poll(() => problems.join('\n'))
      .toContain('against the content security policy: script-src-elem inline');
    expect(problems.join('\n')).toContain('against the content security policy: connect-src http://127.0.0.1:9/');
    expectProblems(/content security policy/i);
  });
});

describeWeb('an API key', () => {
  it('is asked for when the API wants one, and good for downloads, too', async ({ open, site }) => {
    const { page } = await open();
    const problem = { type: 'about:blank', title: 'No key', status: 401, detail: 'No key.', code: 'unauthorized' };
    await page.route('**/api/**', (route) =>
      route.request().headers()['x-api-key'] === 'right'
        ? route.continue()
        : route.fulfill({ status: 401, json: problem }),
    );
    await page.goto('/requests');
    const dialog = page.getByRole('dialog', { name: 'An API key is needed' });
    await dialog.waitFor();
    await page.keyboard.type('wrong');
    await page.keyboard.press('Enter');
    await dialog.getByRole('alert').waitFor();
    await page.keyboard.type('right');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await upload(page, { name: 'with-key.csv', csv: csvOf([{ urls: [`${site.url}/1.jpg`] }]) });
    const button = page.getByRole('button', { name: 'Download the result CSV' });
    const { rows } = await download(page, button);
    expect(rows).toMatchObject([{ Status: 'COMPLETED' }]);
  });
});

describeWeb('an API key that an upload asks for', () => {
  it('sends what was refused without it, each file once', async ({ open, site }) => {
    const { page } = await open();
    const problem = { type: 'about:blank', title: 'No key', status: 401, detail: 'No key.', code: 'unauthorized' };
    const keys: (string | undefined)[] = [];
    await page.route('**/api/upload', async (route) => {
      const key = (await route.request().allHeaders())['x-api-key'];
      keys.push(key);
      return key === 'right' ? route.continue() : route.fulfill({ status: 401, json: problem });
    });
    await page.goto('/');
    const csv = csvOf([{ urls: [`${site.url}/1.jpg`] }]);
    await choose(page, { name: 'a.csv', csv }, { name: 'b.csv', csv });
    await page.getByRole('button', { name: 'Compress 2 images' }).click();
    const dialog = page.getByRole('dialog', { name: 'An API key is needed' });
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Enter a key' }).nth(1).click();
    await dialog.waitFor();
    await page.keyboard.type('wrong');
    await page.keyboard.press('Enter');
    await dialog.getByText('This key was not taken.').waitFor();
    await expect.poll(() => keys).toEqual([undefined, undefined, 'wrong', 'wrong']);
    await page.keyboard.type('right');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getByRole('link', { name: 'Open the request' }).count()).toBe(2);
    expect(keys).toEqual([undefined, undefined, 'wrong', 'wrong', 'right', 'right']);
    await expect.poll(() => focused(page)).toBe('b.csv');
  });
});

describeWeb('the first visit', () => {
  it('costs little', async ({ open }) => {
    const { page, loaded } = await open();
    await page.goto('/', { waitUntil: 'networkidle' });
    const code = () => [...loaded].filter(([path]) => !path.startsWith('/api/'));
    await expect.poll(() => code().map(([path]) => path)).toContain('/');
    const bytes = code().reduce((sum, [, size]) => sum + size, 0);
    console.log(`first visit: ${(bytes / 1000).toFixed(1)} kB over the network`);
    expect(bytes).toBeLessThan(PAGE_BYTES_MOST);
  });

  it('to an address that is none leads back', async ({ open }) => {
    const { page } = await open();
    const answer = await page.goto('/no/such/page');
    expect(answer?.status()).toBe(404);
    await page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
    await page.getByRole('link', { name: 'Upload a CSV' }).click();
    await page.getByText('Drop a CSV here').waitFor();
  });
});

/** Elements that only markup from a CSV could have made. */
const foreignElements = (page: Page): Promise<number> =>
  page.locator('#root :is(img[src="x"], script, b[onmouseover], [onerror])').count();

const widest = (page: Page): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth);

const background = (page: Page): Promise<string> =>
  page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);

const brightness = (rgb: string): number => Math.max(...[...rgb.matchAll(/\d+/g)].slice(0, 3).map(Number));

/** What a screen reader would say first of the focused element. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const element = document.activeElement;
    return (element?.getAttribute('aria-label') ?? element?.textContent ?? '').trim();
  });

async function tabTo(page: Page, name: RegExp): Promise<void> {
  const passed: string[] = [];
  for (let at = 0; at < 80; at += 1) {
    await page.keyboard.press('Tab');
    const now = await focused(page);
    if (name.test(now)) return;
    passed.push(now);
  }
  throw new Error(`Tab never came to ${String(name)}, but to ${passed.join(' | ')}`);
}
