import { wasTaken, type Delivery } from './delivery-log.ts';
import type { WebhookMessage } from './messages.ts';
import { hasEnded, type Request } from './request.ts';
import type { RequestStore } from './request-store.ts';

/** A webhook that is still to be delivered, and what was tried. */
export type OpenDelivery = {
  request: Request & { webhookUrl: string };
  /** The attempts of this round, oldest first. */
  tried: Delivery[];
  /** What they come to, if one of them was the last. */
  ending: 'delivered' | 'failed' | undefined;
  /** The next attempt's number: attempts are counted over all rounds of a run. */
  nextAttempt: number;
};

/** The `webhook-id`: the same over all attempts and rounds, another one for each run of the request. */
export const deliveryIdOf = ({ requestId, generation }: Pick<Request, 'requestId' | 'generation'>): string =>
  `msg_${requestId}_${generation}`;

/** How often the webhook of this run was asked for: 1, and one more for each redelivery. */
export const roundOf = ({ webhookRound = 1 }: Pick<Request, 'webhookRound'>): number => webhookRound;

/** What a message promises, unless it has been kept or is of an older run or round. */
export async function openDelivery(message: WebhookMessage, requests: RequestStore): Promise<OpenDelivery | undefined> {
  const request = await inRoundOf(message, requests);
  if (!request || !isOpen(request, message)) return undefined;
  const ofRun = (await requests.deliveries(request.requestId)).filter((one) => one.generation === request.generation);
  const tried = ofRun.filter(({ round }) => round === roundOf(request));
  return { request, tried, ending: endingOf(tried), nextAttempt: (ofRun.at(-1)?.attempt ?? 0) + 1 };
}

function endingOf(tried: readonly Delivery[]): OpenDelivery['ending'] {
  if (tried.some(wasTaken)) return 'delivered';
  return tried.at(-1)?.retryAt === null ? 'failed' : undefined;
}

/** A redelivery's message may come before the write that begins its round, or in its place: then it begins here. */
async function inRoundOf({ requestId, generation, round = 1 }: WebhookMessage, requests: RequestStore) {
  const find = () => requests.get(requestId, { consistent: true });
  const request = await find();
  if (request?.generation !== generation || round <= roundOf(request)) return request;
  return (await requests.startRound(request)) ?? (await find());
}

const isOpen = (request: Request, { generation, round = 1 }: WebhookMessage): request is OpenDelivery['request'] =>
  hasEnded(request) &&
  request.generation === generation &&
  roundOf(request) === round &&
  request.webhookUrl !== undefined &&
  request.webhookStatus === undefined;
