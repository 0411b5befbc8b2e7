import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

export async function queueUrl(sqs: SQSClient, name: string): Promise<string> {
  const { QueueUrl = '' } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }));
  return QueueUrl;
}

/** Messages that wait or are being worked on, of all queues; those that were sent with a delay don't count. */
export async function messagesLeft(sqs: SQSClient): Promise<Record<string, number>> {
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
  const counts = await Promise.all(QueueUrls.map(async (url) => [url.split('/').at(-1), await countAt(sqs, url)]));
  return Object.fromEntries(counts.filter(([, count]) => count !== 0)) as Record<string, number>;
}

async function countAt(sqs: SQSClient, QueueUrl: string): Promise<number> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible);
}

/** Messages go to the dead-letter queue after so many deliveries; gives the number that was set before. */
export async function setDeliveries(sqs: SQSClient, QueueUrl: string, most: number): Promise<number> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['RedrivePolicy'] }),
  );
  const policy = JSON.parse(Attributes.RedrivePolicy ?? '{}') as { maxReceiveCount: number };
  const RedrivePolicy = JSON.stringify({ ...policy, maxReceiveCount: most });
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { RedrivePolicy } }));
  return policy.maxReceiveCount;
}
