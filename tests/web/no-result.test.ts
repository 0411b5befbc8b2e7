import { expect } from 'vitest';
import { csvOf } from '../support/csv.ts';
import { ended, resultLink, upload } from './support/steps.ts';
import { describeWeb, it } from './support/test.ts';

describeWeb('a request without a result', () => {
  it('that was cancelled before its file came says so, and offers no file', async ({ open, stage }) => {
    const post = async (path: string, body: object) => {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(stage.apiUrl + path, { method: 'POST', headers, body: JSON.stringify(body) });
      return (await answer.json()) as { requestId: string };
    };
    const { requestId } = await post('/api/uploads', { fileName: 'never-came.csv' });
    await post(`/api/requests/${requestId}/cancel`, {});
    const { page } = await open();
    await page.goto(`/requests/${requestId}`);
    await page.getByRole('heading', { name: 'Cancelled before its file came' }).waitFor();
    expect(await resultLink(page).count()).toBe(0);
  });

  it.for([
    { name: 'whose images are all there offers to write it', files: 'none' },
    { name: 'of its retry, too, beside that of the try before', files: 'before' },
  ])('$name', async ({ files }, { open, site, stage }) => {
    const { page } = await open();
    const requestId = await upload(page, { name: 'unwritten.csv', csv: csvOf([{ urls: [`${site.url}/1.jpg`] }]) });
    await ended(page);
    const error = { code: 'result_failed', message: 'The result file could not be written.' };
    const view = (await (await fetch(`${stage.apiUrl}/api/status/${requestId}`)).json()) as { links: object };
    const links = files === 'none' ? { ...view.links, export: null, failedRows: null } : view.links;
    const unwritten = { ...view, status: 'FAILED', error, canRetry: true, links };
    await page.route(`**/api/status/${requestId}`, (route) => route.fulfill({ json: unwritten }));
    const retried: unknown[] = [];
    await page.route(`**/api/requests/${requestId}/retry`, (route) => {
      retried.push(route.request().postDataJSON());
      return route.fulfill({ status: 202, json: { requestId, status: 'RECEIVED', generation: 2 } });
    });
    await page.reload();
    await page.getByText('The result file could not be written.').waitFor();
    expect(await page.getByText('those of the try before').count()).toBe(files === 'none' ? 0 : 1);
    expect(await resultLink(page).count()).toBe(files === 'none' ? 0 : 1);
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect.poll(() => retried).toEqual([{ generation: 1 }]);
  });
});
