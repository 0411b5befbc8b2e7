import { GetQueueAttributesCommand, ListQueuesCommand } from '@aws-sdk/client-sqs';
import type { Deployment } from './deployment.ts';

const STATES = (['', 'NotVisible', 'Delayed'] as const).map((state) => `ApproximateNumberOfMessages${state}` as const);

/** Messages of all queues that wait or are being worked on, and those that were sent with a delay; empty queues are left out. */
export async function messagesIn(
  { aws: { sqs } }: Deployment,
  { delayed = true } = {},
): Promise<Record<string, number>> {
  const states = delayed ? STATES : STATES.slice(0, 2);
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
  const counts = await Promise.all(
    QueueUrls.map(async (QueueUrl): Promise<[string, number]> => {
      const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
      return [QueueUrl.split('/').at(-1) ?? '', states.reduce((sum, state) => sum + Number(Attributes[state]), 0)];
    }),
  );
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}
