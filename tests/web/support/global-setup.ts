import type { TestProject } from 'vitest/node';
import { ensurePage } from '../../../infra/page/ensure-page.ts';
import { makePlace } from '../../support/place.ts';
import { findChromium, NO_CHROMIUM } from './chromium.ts';

/** Where all browser tests find Rowpress, started once for all of them; null where there is no browser. */
export type Stage = { apiUrl: string; endpoint: string; webhookSecret: string };

declare module 'vitest' {
  // eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- vitest merges it with its own
  interface ProvidedContext {
    stage: Stage | null;
  }
}

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (findChromium() === undefined) {
    console.log(NO_CHROMIUM);
    project.provide('stage', null);
    return undefined;
  }
  await ensurePage({ onBuild: () => console.log('Building the page …') });
  const place = await makePlace();
  const rowpress = await place.start();
  const { apiUrl, endpoint, webhookSecret } = place;
  project.provide('stage', { apiUrl, endpoint, webhookSecret });
  return async () => {
    await rowpress.stop();
    await place.remove();
  };
}
