import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { STATES } from './support/states.ts';
import { describeWeb, it, itInWorld } from './support/test.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const SCREENS = [
  { screen: 'light', options: { colorScheme: 'light' } },
  { screen: 'dark', options: { colorScheme: 'dark' } },
  { screen: 'phone', options: { viewport: { width: 360, height: 640 }, isMobile: true, hasTouch: true } },
] as const;

const CASES = STATES.flatMap((state) => SCREENS.map((screen) => ({ ...state, ...screen })));

describeWeb('axe finds nothing wrong', () => {
  itInWorld.for(CASES)('with $name, $screen', async ({ show, options }, { open, world }) => {
    const { page, expectProblems } = await open(options);
    await show(page, world);
    expect(await violations(page)).toEqual([]);
    expect(await overflow(page), 'nothing is wider than the screen').toBe(0);
    // What two of the states bring about on purpose.
    expectProblems(/^console: .*(ERR_INTERNET_DISCONNECTED|401)/);
  });
});

describeWeb('axe', () => {
  it('finds what is wrong where something is', async ({ open }) => {
    const { page } = await open();
    await page.goto('/');
    await page.getByRole('heading', { level: 1 }).evaluate((heading) => {
      heading.innerHTML = '<img src="/icon.svg"><span>hardly seen</span>';
      (heading.lastElementChild as HTMLElement).style.color = '#eee';
    });
    const rules = (await violations(page)).map((line) => line.split(':')[0]);
    expect(rules.sort()).toEqual(['color-contrast', 'image-alt']);
  });
});

/** One line a violation: the rule, and where. */
async function violations(page: Page): Promise<string[]> {
  const options = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'] };
  const found = await page.evaluate<AxeResults>(`${axe}; axe.run(document, ${JSON.stringify(options)})`);
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary ?? ''}`),
  );
}

/** Pixels by which the page can be scrolled to the side. */
const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
