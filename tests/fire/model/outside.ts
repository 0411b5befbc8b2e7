import { Readable } from 'node:stream';
import type { FetchImage } from '../../../lib/images/fetch-image.ts';
import { ImageError, type ImageErrorCode } from '../../../lib/images/image-error.ts';
import type { ImageSlot, Run } from '../../../lib/requests/keys.ts';
import type { Outbound } from '../../../lib/outbound/outbound.ts';
import type { Processes } from './processes.ts';

export type Post = { id: string; payload: string; taken: boolean };
export type Fetch = Run & ImageSlot & { page: number; outcome: 'ok' | ImageErrorCode; at: number };

type Around = { processes: Processes; clock: { now: number }; onFetch: (fetch: Fetch) => void };

/** Image hosts and the receiver of webhooks, and a log of all that they were asked. */
export function makeOutside({ processes, clock, onFetch }: Around) {
  const posts: Post[] = [];
  const fetches: Fetch[] = [];
  /** `failing` by `<label>/<product>/<image>`. */
  const state = { receiver: 204, failing: new Map<string, ImageErrorCode>() };

  const fetchedBy =
    (fetchImage: FetchImage): FetchImage =>
    async (url, signal) => {
      await processes.fault('fetch', 'before');
      const name = nameOf(url);
      const outcome = state.failing.get(name) ?? 'ok';
      const { requestId = '', generation = 0, page = 0 } = processes.purpose() ?? {};
      const [, product, slot] = name.split('/').map(Number);
      const run = { requestId, generation, page, productIndex: product ?? 0, slot: slot ?? 0 };
      const fetch: Fetch = { ...run, outcome, at: clock.now };
      fetches.push(fetch);
      onFetch(fetch);
      if (outcome !== 'ok') throw new ImageError(outcome);
      return await fetchImage(url, signal);
    };

  const outbound: Outbound = {
    close: () => Promise.resolve(),
    request: async ({ url, headers = {}, body }) => {
      await processes.fault('post', 'before');
      const status = state.receiver;
      posts.push({ id: String(headers['webhook-id']), payload: String(body), taken: status < 300 });
      await processes.fault('post', 'after');
      return { status, headers: {}, url, body: Readable.from([]), discard: () => Promise.resolve() };
    },
  };

  return { state, fetchedBy, outbound, posts: posts as readonly Post[], fetches: fetches as readonly Fetch[] };
}

const nameOf = (url: string): string => /^https:\/\/([^.]*)\.example(.*)\.jpg$/.exec(url)?.slice(1).join('') ?? url;
