import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import type { Stage } from './global-setup.ts';

/** A person's browser, in which everything is noted that must never happen. */
export type Visit = {
  page: Page;
  context: BrowserContext;
  /** Bytes that came from the page's own origin, by address. */
  loaded: ReadonlyMap<string, number>;
  problems: readonly string[];
  /** Takes back problems that a test has brought about on purpose. */
  expectProblems: (pattern: RegExp) => void;
  /** Closes the browser; answers that a test's routes are about to give then are not waited for. */
  close: () => Promise<void>;
};

const DESKTOP = { width: 1280, height: 800 };

export async function startVisit(
  browser: Browser,
  { apiUrl, endpoint }: Pick<Stage, 'apiUrl' | 'endpoint'>,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({
    baseURL: apiUrl,
    viewport: DESKTOP,
    reducedMotion: 'reduce',
    ...options,
  });
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
      console.error(`against the content security policy: ${effectiveDirective} ${blockedURI}`);
    });
  });
  const problems: string[] = [];
  const loaded = new Map<string, number>();
  context.on('weberror', (error) => problems.push(`error: ${error.error().message}`));
  context.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return;
    // Chromium says so of any answer from 400 on; what it was is noted below.
    if (!message.text().startsWith('Failed to load resource')) problems.push(`console: ${message.text()}`);
  });
  context.on('request', (request) => {
    const reason = whyForeign(request, { apiUrl, endpoint });
    if (reason !== undefined) problems.push(reason);
  });
  context.on('response', (response) => {
    if (response.status() >= 500) problems.push(`${response.status()} from ${response.url()}`);
  });
  context.on('requestfinished', (request) => {
    const { origin, pathname } = new URL(request.url());
    if (origin !== apiUrl) return;
    void request.sizes().then(
      ({ responseBodySize }) => loaded.set(pathname, responseBodySize),
      () => undefined, // its page was closed meanwhile
    );
  });
  return {
    page: await context.newPage(),
    context,
    loaded,
    problems,
    expectProblems(pattern) {
      const others = problems.filter((problem) => !pattern.test(problem));
      problems.splice(0, problems.length, ...others);
    },
    async close() {
      // The page polls: a request can be with a route at any moment, and its answer would find no page.
      for (const page of context.pages()) await page.unrouteAll({ behavior: 'ignoreErrors' });
      await context.close();
    },
  };
}

type Sent = { url(): string; method(): string; resourceType(): string; isNavigationRequest(): boolean };

/** The page talks to its own origin; only images, presigned uploads and downloads of results may go elsewhere. */
function whyForeign(request: Sent, { apiUrl, endpoint }: Pick<Stage, 'apiUrl' | 'endpoint'>): string | undefined {
  const { origin, protocol } = new URL(request.url());
  if (origin === apiUrl || protocol === 'data:' || protocol === 'blob:') return undefined;
  if (request.resourceType() === 'image') return undefined;
  const isStorage = origin === endpoint && (request.method() === 'POST' || request.isNavigationRequest());
  return isStorage ? undefined : `${request.method()} to another origin: ${request.url()}`;
}
