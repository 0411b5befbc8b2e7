import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  QueueDoesNotExist,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import * as z from 'zod';

const numeric = z.coerce.string().optional();
const Settings = z.object({
  VisibilityTimeout: numeric,
  DelaySeconds: numeric,
  MaximumMessageSize: numeric,
  MessageRetentionPeriod: numeric,
  ReceiveMessageWaitTimeSeconds: numeric,
});
type Properties = Record<string, unknown>;

/** Makes the queue, or gives the one that is there the declared attributes. */
export async function ensureQueue(
  sqs: SQSClient,
  name: string,
  properties: Properties,
): Promise<{ url: string; arn: string }> {
  const { data = {} } = Settings.safeParse(properties);
  const url = (await findQueue(sqs, name)) ?? (await createQueue(sqs, name));
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: defined(data) }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }));
  return { url, arn: Attributes?.QueueArn ?? '' };
}

/** Sets the dead-letter queue, once all queues are there to be referred to. */
export async function redrive(sqs: SQSClient, url: string, policy: unknown): Promise<void> {
  const Attributes = { RedrivePolicy: JSON.stringify(policy) };
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes }));
}

async function findQueue(sqs: SQSClient, name: string): Promise<string | undefined> {
  try {
    return (await sqs.send(new GetQueueUrlCommand({ QueueName: name }))).QueueUrl;
  } catch (error) {
    if (error instanceof QueueDoesNotExist) return undefined;
    throw error;
  }
}

async function createQueue(sqs: SQSClient, name: string): Promise<string> {
  return (await sqs.send(new CreateQueueCommand({ QueueName: name }))).QueueUrl ?? '';
}

const defined = (settings: Record<string, string | undefined>) =>
  Object.fromEntries(Object.entries(settings).filter((entry): entry is [string, string] => entry[1] !== undefined));
