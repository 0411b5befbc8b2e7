import { DEFAULT_CSV_LIMITS } from '../../lib/csv/limits.ts';
import { ImageError } from '../../lib/images/image-error.ts';
import { ImageOptions } from '../../lib/images/image-options.ts';
import type { PageDeps } from '../../lib/requests/compress-page.ts';
import { claimStore } from '../../lib/requests/claim-store.ts';
import type { FinishDeps } from '../../lib/requests/finish-request.ts';
import { newRequestId } from '../../lib/requests/ids.ts';
import type { IngestMessage, FinishMessage, PageMessage, WebhookMessage } from '../../lib/requests/messages.ts';
import { pageStore } from '../../lib/requests/page-store.ts';
import type { ReceiveDeps } from '../../lib/requests/receive-file.ts';
import { requestStore } from '../../lib/requests/request-store.ts';
import type { SubmitDeps } from '../../lib/requests/submit-csv.ts';
import { MemoryObjects } from './memory-objects.ts';
import { MemoryQueue } from './memory-queue.ts';
import { MemoryTable, type Fault, type Watch } from './memory-table.ts';

export type World = ReturnType<typeof makeWorld>;

/** What an image's host does: gives so many bytes, or fails. Called again at every fetch. */
export type Host = (url: string) => number | ImageError;

/** Every store and queue of the product in memory, and its use cases' deps over them. */
export function makeWorld({ fault, watch, host = () => 100 }: { fault?: Fault; watch?: Watch; host?: Host } = {}) {
  const table = new MemoryTable(fault, watch);
  const data = new MemoryObjects(fault);
  const images = new MemoryObjects(fault);
  const queues = {
    ingest: new MemoryQueue<IngestMessage>(fault),
    pages: new MemoryQueue<PageMessage>(fault),
    finish: new MemoryQueue<FinishMessage>(fault),
    webhooks: new MemoryQueue<WebhookMessage>(fault),
  };
  const requests = requestStore(table);
  const pages = pageStore(table);
  const fetched: string[] = [];
  const rules = { limits: DEFAULT_CSV_LIMITS, ttlDays: 90 };
  const now = () => new Date();
  const deps: SubmitDeps & ReceiveDeps & PageDeps & FinishDeps = {
    requests,
    pages,
    claims: claimStore(table),
    data,
    images,
    openWriter: data.openWriter,
    ingestQueue: queues.ingest,
    pagesQueue: queues.pages,
    finishQueue: queues.finish,
    webhooksQueue: queues.webhooks,
    rules,
    defaults: { owner: 'default', options: ImageOptions.parse({}), webhookUrl: undefined },
    newId: newRequestId,
    now,
    findRequest: ({ requestId }) => requests.get(requestId, { consistent: true }),
    imageBaseUrl: 'https://images.example',
    retrySeconds: [15, 60],
    fetchImage: async (url) => {
      fetched.push(url);
      await Promise.resolve();
      const answer = host(url);
      if (answer instanceof ImageError) throw answer;
      const release = () => undefined;
      return { bytes: Buffer.alloc(answer), contentType: null, requests: 1, release, [Symbol.dispose]: release };
    },
    compress: (bytes) =>
      Promise.resolve({
        bytes: bytes.subarray(0, Math.ceil(bytes.length / 2)),
        format: 'jpeg',
        extension: 'jpg',
        contentType: 'image/jpeg',
        width: 10,
        height: 10,
        warnings: [],
      }),
  };
  return { table, data, images, queues, requests, pages, fetched, deps };
}

/** A CSV with so many images for each product, at distinct addresses. */
export const csvOf = (imagesPerProduct: readonly number[], site = 'https://shop.example'): Buffer => {
  const rows = imagesPerProduct.map((images, product) => {
    const urls = Array.from({ length: images }, (_, image) => `${site}/${product}/${image}.jpg`);
    return `${product + 1},Product ${product + 1},"${urls.join(',')}"`;
  });
  return Buffer.from(['S. No.,Product Name,Input Image Urls', ...rows, ''].join('\r\n'));
};
