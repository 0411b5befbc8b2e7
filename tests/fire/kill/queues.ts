import { until } from '../../../samples/demo/until.ts';
import type { Lane } from './lane.ts';

/** Waits until a lane's queues hold nothing, neither waiting nor in hand nor delayed: nothing is promised any more. */
export const drained = (lane: Lane): Promise<true> =>
  until('all queues were empty', async () => ((await isEmpty(lane)) ? true : undefined), {
    seconds: 60,
    everyMs: 150,
  });

export async function isEmpty({ settings, resources }: Lane): Promise<boolean> {
  for (const url of resources.queueUrls) if ((await count(settings.endpoint, url)) > 0) return false;
  return true;
}

/** Asked often, so not by the SDK, which takes longer for the call than the stack does. */
async function count(endpoint: string, QueueUrl: string): Promise<number> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'x-amz-target': 'AmazonSQS.GetQueueAttributes', 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify({ QueueUrl, AttributeNames: ['All'] }),
  });
  const { Attributes } = (await response.json()) as { Attributes: Record<string, string> };
  return ['', 'NotVisible', 'Delayed'].reduce(
    (sum, state) => sum + Number(Attributes[`ApproximateNumberOfMessages${state}`]),
    0,
  );
}
