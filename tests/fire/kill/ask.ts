import { readHttpEvent } from '../../fakes/lambda.ts';
import type { Case } from './case.ts';
import type { Lane } from './lane.ts';
import { WorkerDied } from './worker-process.ts';

/** A call of the API: what differs from a recorded one. */
export type Question = {
  requestId?: string;
  deliveryId?: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: string;
};

/** A caller who asks and is answered, by any status below 400. Throws WorkerDied when the worker dies meanwhile. */
export async function ask(lane: Lane, functionName: string, question: Question) {
  const { query = {}, headers = {}, body, ...pathParameters } = question;
  const recorded = readHttpEvent('upload-csv.body');
  const event = {
    ...recorded,
    headers: { ...recorded.headers, ...headers },
    queryStringParameters: query,
    pathParameters,
    body,
  };
  const answer = (await lane.call(functionName, event)) as Answer;
  if (answer.statusCode >= 400) throw new Error(`${functionName} answered ${answer.statusCode}: ${answer.body}`);
  return answer;
}

export type Answer = { statusCode: number; headers: Record<string, string>; body: string };

/**
 * The same under fire. A caller who is left without an answer asks again; but one may be content with none, if the point
 * is in the very function that was asked: then nothing is given.
 */
export async function askUnderFire(
  { lane, point, repeats }: Pick<Case, 'lane' | 'point' | 'repeats'>,
  functionName: string,
  question: Question,
): Promise<Answer | undefined> {
  const content = !repeats && typeof point.at === 'object' && point.at.by === functionName;
  for (;;) {
    try {
      return await ask(lane, functionName, question);
    } catch (error) {
      if (!(error instanceof WorkerDied)) throw error;
      if (content) return undefined;
    }
  }
}
