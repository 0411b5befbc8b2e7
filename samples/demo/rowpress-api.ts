import * as z from 'zod';
import { AcceptedView } from '../../lib/requests/accepted-view.ts';
import { ListView, StatusView } from '../../lib/requests/views.ts';

const ANSWER_WITHIN_MS = 30_000;
/** Characters of an answer that an error tells. */
const QUOTED = 300;

/** The part of the API that the demo needs; an answer that is not as described throws. */
export function rowpressApi(base: string) {
  const call = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const response = await fetch(base + path, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS), ...init });
    if (response.ok) return response;
    throw new Error(`${init.method ?? 'GET'} ${path} was answered with ${response.status}: ${await response.text()}`);
  };
  const read = async <Schema extends z.ZodType>(schema: Schema, path: string, init?: RequestInit) => {
    const body: unknown = await (await call(path, init)).json();
    const answer = schema.safeParse(body);
    if (answer.success) return answer.data;
    const found = JSON.stringify(body).slice(0, QUOTED);
    throw new Error(`${path} was not answered as described, but with ${found}\n${z.prettifyError(answer.error)}`);
  };

  return {
    upload(csv: string, fileName: string, options: Record<string, string>): Promise<AcceptedView> {
      const form = new FormData();
      for (const [name, value] of Object.entries(options)) form.set(name, value);
      form.set('file', new Blob([csv], { type: 'text/csv' }), fileName);
      return read(AcceptedView, '/api/upload', { method: 'POST', body: form });
    },

    status: (requestId: string): Promise<StatusView> => read(StatusView, `/api/status/${requestId}`),

    /** Every settled product in the order of the file. */
    async products(requestId: string): Promise<NonNullable<StatusView['items']>> {
      const products: NonNullable<StatusView['items']> = [];
      let cursor: string | null = '0';
      while (cursor !== null) {
        const page: StatusView = await read(
          StatusView,
          `/api/status/${requestId}?products=all&limit=100&cursor=${cursor}`,
        );
        products.push(...(page.items ?? []));
        cursor = page.nextCursor ?? null;
      }
      return products;
    },

    newest: (): Promise<ListView> => read(ListView, '/api/requests?limit=50'),

    /** The redirect to S3 is followed. */
    results: async (requestId: string): Promise<string> => (await call(`/api/export?requestId=${requestId}`)).text(),
  };
}

/** False when nothing listens there; throws when something else than Rowpress does. */
export async function answersLikeRowpress(apiUrl: string): Promise<boolean> {
  const response = await fetch(`${apiUrl}/api/requests?limit=1`).catch(() => undefined);
  if (!response) return false;
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok && ListView.safeParse(answer).success) return true;
  throw new Error(`${apiUrl} is taken by something else than Rowpress: set ROWPRESS_API_PORT to another port.`);
}
