import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Random } from '../../fakes/seeded-random.ts';
import { lambdaContext } from '../../fakes/lambda.ts';
import { csvOf } from '../../support/csv.ts';
import { pathEvent, uploadEvent, type Functions } from '../stack/load-functions.ts';
import type { Kind } from './flaky-site.ts';

/** A request, and of which kind each of its images is. */
export type Order = { requestId: string; fileName: string; kinds: Kind[][] };

const KINDS: readonly Kind[] = ['ok', 'ok', 'ok', 'ok', 'changing', 'changing', 'flaky', 'reset', 'missing', 'text'];

const Answer = z.object({ statusCode: z.number(), body: z.string() });

/** A caller who asks again as long as nobody answers him. */
export class Shop {
  readonly #functions: Functions;
  readonly #invoke: <T>(work: () => Promise<T>) => Promise<T>;
  readonly #random: Random;
  readonly #place: { siteUrl: string; webhookUrl: string };

  constructor(
    functions: Functions,
    invoke: <T>(work: () => Promise<T>) => Promise<T>,
    { random, ...place }: { random: Random; siteUrl: string; webhookUrl: string },
  ) {
    this.#functions = functions;
    this.#invoke = invoke;
    this.#random = random;
    this.#place = place;
  }

  /** Sends a file with so many images, in products of one to five. */
  async upload(fileName: string, images: number): Promise<Order> {
    const kinds: Kind[][] = [];
    for (let left = images; left > 0;) {
      const own = Math.min(left, this.#random.whole(1, 5));
      kinds.push(Array.from({ length: own }, () => this.#random.pick(KINDS)));
      left -= own;
    }
    const rows = kinds.map((own, product) => ({
      urls: own.map((kind, slot) => `${this.#place.siteUrl}/${kind}/${fileName}/${product}-${slot}`),
    }));
    const query = { fileName, webhookUrl: this.#place.webhookUrl };
    const event = uploadEvent(csvOf(rows), query, { 'idempotency-key': randomUUID() });
    const { body } = await this.#ask('upload-csv', event, [202]);
    const { requestId } = z.object({ requestId: z.string() }).parse(JSON.parse(body));
    return { requestId, fileName, kinds };
  }

  /** Has what failed tried again, if there is anything. */
  async retry({ requestId }: Order): Promise<'begun' | 'nothing to do'> {
    const { statusCode } = await this.#ask('retry-request', pathEvent({ requestId }, { generation: 1 }), [202, 409]);
    return statusCode === 202 ? 'begun' : 'nothing to do';
  }

  async #ask(functionName: string, event: object, wanted: readonly number[]) {
    for (;;) {
      const handler = this.#functions.get(functionName)!;
      const answer = await this.#invoke(() => handler(event, lambdaContext())).catch(() => undefined);
      const { statusCode, body } = Answer.parse(answer ?? { statusCode: 500, body: '' });
      if (wanted.includes(statusCode)) return { statusCode, body };
      if (statusCode < 500) throw new Error(`${functionName} answered ${statusCode}: ${body}`);
    }
  }
}
