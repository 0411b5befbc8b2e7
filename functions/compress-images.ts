import { openBucket } from '../lib/aws/objects.ts';
import { openQueue } from '../lib/aws/queue.ts';
import { openTable } from '../lib/aws/table.ts';
import { OutboundSettings, readSettings, Settings } from '../lib/env.ts';
import { compressImage } from '../lib/images/compress-image.ts';
import { createImageFetcher } from '../lib/images/fetch-image.ts';
import { createByteGate, createEncodeGate } from '../lib/images/gate.ts';
import { createOutbound } from '../lib/outbound/outbound.ts';
import { consumer } from '../lib/queue/consumer.ts';
import { compressPage, type PageDeps } from '../lib/requests/compress-page.ts';
import { PageMessage } from '../lib/requests/messages.ts';
import { pageStore } from '../lib/requests/page-store.ts';
import { recentRequests } from '../lib/requests/recent-requests.ts';
import { requestStore } from '../lib/requests/request-store.ts';

const settings = readSettings(
  Settings.pick({
    TABLE_NAME: true,
    IMAGES_BUCKET: true,
    PAGES_QUEUE_URL: true,
    FINISH_QUEUE_URL: true,
    PUBLIC_IMAGE_BASE_URL: true,
    MAX_IMAGE_BYTES: true,
    MAX_PIXELS: true,
    IMAGE_TIMEOUT_MS: true,
    CONNECTIONS_PER_HOST: true,
    BYTES_IN_FLIGHT: true,
    ENCODES_AT_ONCE: true,
    PAGE_RETRY_SECONDS: true,
  }),
);
const table = openTable(settings.TABLE_NAME);
const requests = requestStore(table);
const pagesQueue = openQueue<PageMessage>(settings.PAGES_QUEUE_URL);
const encodes = createEncodeGate({ atOnce: settings.ENCODES_AT_ONCE, maxPixels: settings.MAX_PIXELS });
const deps: PageDeps = {
  requests,
  // A page can be here before its request is everywhere, and a page without a request would be dropped.
  findRequest: recentRequests((requestId) => requests.get(requestId, { consistent: true })),
  pages: pageStore(table),
  pagesQueue,
  finishQueue: openQueue(settings.FINISH_QUEUE_URL),
  images: openBucket(settings.IMAGES_BUCKET),
  imageBaseUrl: settings.PUBLIC_IMAGE_BASE_URL,
  fetchImage: createImageFetcher({
    outbound: createOutbound(readSettings(OutboundSettings)),
    reserve: createByteGate(settings.BYTES_IN_FLIGHT),
    maxBytes: settings.MAX_IMAGE_BYTES,
    timeoutMs: settings.IMAGE_TIMEOUT_MS,
    connectionsPerHost: settings.CONNECTIONS_PER_HOST,
  }),
  compress: (bytes, options, signal) =>
    compressImage(bytes, options, {
      maxPixels: settings.MAX_PIXELS,
      gate: (pixels, work) =>
        encodes(pixels, () => {
          signal.throwIfAborted();
          return work();
        }),
    }),
  retrySeconds: settings.PAGE_RETRY_SECONDS,
};

/** Kept back from the function's time for settling what is done. */
const SETTLE_MS = 8_000;
/** Of the rest, in which work begins. What is left is for encodes that run then: they can't be aborted. */
const BEGIN_SHARE = 0.75;

/** The pages queue: fetches, compresses and stores the images of a page. */
export const handler = consumer({
  message: PageMessage,
  queue: pagesQueue,
  work: (message, { attempt, remainingMs }) => {
    const ms = Math.max(remainingMs() - SETTLE_MS, 1);
    const signal = AbortSignal.timeout(Math.ceil(ms * BEGIN_SHARE));
    return compressPage(message, { attempt, signal, overdue: AbortSignal.timeout(ms) }, deps);
  },
});
