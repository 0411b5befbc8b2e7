import { notServed, S3Error } from './s3-error.ts';
import type { Bucket, Created, StoredObject } from './s3-store.ts';
import type { SqsStore } from './sqs-store.ts';
import { elements, textOf } from './xml.ts';

/** One rule of a bucket's notification configuration: which events of which keys go to which queue. */
export type Rule = { id: string; queueArn: string; events: string[]; prefix: string; suffix: string };

/** Reads what PutBucketNotificationConfiguration sends. */
function parseRules(xml: string): Rule[] {
  for (const other of ['TopicConfiguration', 'CloudFunctionConfiguration', 'EventBridgeConfiguration']) {
    if (xml.includes(`<${other}`)) throw notServed(other);
  }
  return elements(xml, 'QueueConfiguration').map((rule, at) => {
    const filters = elements(rule, 'FilterRule').map((filter) => [
      textOf(filter, 'Name')?.toLowerCase(),
      textOf(filter, 'Value'),
    ]);
    const { prefix = '', suffix = '' } = Object.fromEntries(filters) as { prefix?: string; suffix?: string };
    const events = elements(rule, 'Event');
    return { id: textOf(rule, 'Id') ?? `rule-${at}`, queueArn: textOf(rule, 'Queue') ?? '', events, prefix, suffix };
  });
}

/** Checks a new configuration as S3 does: every queue must exist, and gets a test event. */
export function acceptRules(queues: SqsStore, bucket: Bucket, xml: string): void {
  const rules = parseRules(xml);
  const targets = rules.map((rule) => queues.find(nameOf(rule.queueArn)));
  if (targets.includes(undefined)) {
    throw new S3Error(400, 'InvalidArgument', 'Unable to validate the following destination configurations');
  }
  if (xml === bucket.notification) return;
  const test = { Service: 'Amazon S3', Event: 's3:TestEvent', Time: new Date().toISOString(), Bucket: bucket.name };
  for (const queue of targets) if (queue) queues.send(queue, { body: JSON.stringify(test) });
}

/** Puts one message per rule that matches on its queue. */
export function notifyCreated(queues: SqsStore, bucket: Bucket, object: StoredObject, how: Created): void {
  for (const rule of parseRules(bucket.notification ?? '')) {
    const queue = queues.find(nameOf(rule.queueArn));
    if (!queue || !matches(rule, `s3:ObjectCreated:${how}`, object.key)) continue;
    queues.send(queue, { body: JSON.stringify(createdEvent({ rule, bucket, object, how })) });
  }
}

const nameOf = (arn: string) => arn.split(':').at(-1) ?? '';

function matches(rule: Rule, event: string, key: string): boolean {
  const wanted = rule.events.some(
    (name) => name === event || (name.endsWith('*') && event.startsWith(name.slice(0, -1))),
  );
  return wanted && key.startsWith(rule.prefix) && key.endsWith(rule.suffix);
}

type Happening = { rule: Rule; bucket: Bucket; object: StoredObject; how: Created };

function createdEvent({ rule, bucket, object, how }: Happening): object {
  const record = {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: rule.queueArn.split(':')[3],
    eventTime: new Date(object.modified).toISOString(),
    eventName: `ObjectCreated:${how}`,
    userIdentity: { principalId: 'local' },
    requestParameters: { sourceIPAddress: '127.0.0.1' },
    responseElements: {},
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: rule.id,
      bucket: { name: bucket.name, ownerIdentity: { principalId: 'local' }, arn: `arn:aws:s3:::${bucket.name}` },
      object: {
        key: formEncoded(object.key),
        size: object.size,
        eTag: object.etag.replaceAll('"', ''),
        sequencer: nextSequencer(),
      },
    },
  };
  return { Records: [record] };
}

/** S3 writes keys in events as forms do: a space is a plus; slashes stay. */
const formEncoded = (key: string) =>
  encodeURIComponent(key)
    .replace(/[!'()]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
    .replaceAll('%2F', '/');

let lastSequencer = 0n;

/** Hexadecimal, growing also within a millisecond and over restarts. */
function nextSequencer(): string {
  const now = BigInt(Date.now()) << 20n;
  lastSequencer = now > lastSequencer ? now : lastSequencer + 1n;
  return lastSequencer.toString(16).toUpperCase().padStart(18, '0');
}
