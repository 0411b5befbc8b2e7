import { expect } from 'vitest';
import { AcceptedView } from '../../lib/requests/accepted-view.ts';
import { ListView, StatusView } from '../../lib/requests/views.ts';
import { until } from '../../samples/demo/until.ts';
import { readCsv } from './csv.ts';
import { describedApi } from './described-api.ts';

export const SOON = { seconds: 60 };

export type Client = ReturnType<typeof clientOf>;

/** What a caller does with the API; every answer is checked against its description. */
export function clientOf(apiUrl: string) {
  const call = describedApi(apiUrl);

  async function statusOf(requestId: string, query: Record<string, string> = {}): Promise<StatusView> {
    return StatusView.parse((await call('GET /api/status/{requestId}', { requestId, query })).body);
  }

  async function requestsNamed(fileName: string): Promise<ListView['requests']> {
    const { body } = await call('GET /api/requests', { query: { limit: '100' } });
    return ListView.parse(body).requests.filter((request) => request.fileName === fileName);
  }

  return {
    call,
    statusOf,
    requestsNamed,

    async upload(csv: string, options: Record<string, string> = {}): Promise<AcceptedView> {
      const form = new FormData();
      for (const [name, value] of Object.entries(options)) form.set(name, value);
      form.set('file', new Blob([csv]), 'products.csv');
      const { status, body } = await call('POST /api/upload', { body: form });
      expect(status).toBe(202);
      return AcceptedView.parse(body);
    },

    /** The id of a dropped file's request, once there is one. */
    requestNamed: (fileName: string): Promise<string> =>
      until(`${fileName} became a request`, async () => (await requestsNamed(fileName))[0]?.requestId, SOON),

    ended: (requestId: string): Promise<StatusView> =>
      until('the request ended', async () => whenEnded(await statusOf(requestId)), SOON),

    /** The rows of the result CSV. */
    async exported(requestId: string, query: Record<string, string> = {}): Promise<Record<string, string>[]> {
      const { status, headers } = await call('GET /api/export/{requestId}', { requestId, query });
      expect(status).toBe(307);
      return readCsv(await (await fetch(headers.get('location')!)).text());
    },
  };
}

export const whenEnded = (status: StatusView): StatusView | undefined =>
  status.finishedAt === null ? undefined : status;
