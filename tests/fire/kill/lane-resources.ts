import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Aws } from '../../../infra/local/aws.ts';
import { createResources, type Template } from '../../../infra/local/resources.ts';
import { SETTINGS } from '../../fakes/lambda.ts';

const REGION = 'eu-central-1';
/** Whole seconds, as SQS has them; what a dead worker had in hand comes again after so many. */
const VISIBILITY_SECONDS = 2;
/** More than any number of deaths and late redeliveries here: no message may be buried. */
const DELIVERIES_MOST = 20;
const QUEUES = ['ingest', 'pages', 'finish', 'webhooks'];

export type LaneResources = Awaited<ReturnType<typeof createLaneResources>>;

/** The queues, table and buckets of one lane: as they are deployed, but that messages come again soon. */
export async function createLaneResources(aws: Aws, { name, endpoint }: { name: string; endpoint: string }) {
  const { resources } = await createResources(template(name), aws, { stackName: name, region: REGION });
  const ref = (id: string) => resources[id]?.ref ?? '';
  const names = { table: ref('Table'), dataBucket: ref('Data'), imagesBucket: ref('Images') };
  const imageBaseUrl = `${endpoint}/${names.imagesBucket}`;
  const environment = {
    ...SETTINGS,
    TABLE_NAME: names.table,
    DATA_BUCKET: names.dataBucket,
    IMAGES_BUCKET: names.imagesBucket,
    INGEST_QUEUE_URL: ref('ingest'),
    PAGES_QUEUE_URL: ref('pages'),
    FINISH_QUEUE_URL: ref('finish'),
    WEBHOOKS_QUEUE_URL: ref('webhooks'),
    PUBLIC_IMAGE_BASE_URL: imageBaseUrl,
    OUTBOUND_ALLOWED_HOSTS: '127.0.0.1',
    // What is tried again is tried again at once. Deaths cost deliveries, too, so there are some to spare.
    PAGE_RETRY_SECONDS: '0,0,0,0,0,0',
    WEBHOOK_RETRY_SECONDS: '0,0,0,0,0,0',
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    LOG_LEVEL: 'WARN',
  };
  return {
    ...names,
    imageBaseUrl,
    queueUrls: QUEUES.flatMap((queue) => [ref(queue), ref(`${queue}Dead`)]),
    environment,
  };
}

function template(lane: string): Template {
  const toIngest = {
    Event: 's3:ObjectCreated:*',
    Queue: { 'Fn::GetAtt': ['ingest', 'Arn'] },
    Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: 'incoming/' }] } },
  };
  return {
    ...Object.fromEntries(QUEUES.flatMap((queue) => queueAndDead(lane, queue))),
    Table: declaredTable(),
    Data: {
      Type: 'AWS::S3::Bucket',
      Properties: { NotificationConfiguration: { QueueConfigurations: [toIngest] } },
    },
    Images: { Type: 'AWS::S3::Bucket' },
  };
}

function queueAndDead(lane: string, queue: string): [string, Template[string]][] {
  const RedrivePolicy = {
    deadLetterTargetArn: { 'Fn::GetAtt': [`${queue}Dead`, 'Arn'] },
    maxReceiveCount: DELIVERIES_MOST,
  };
  const Properties = { QueueName: `${lane}-${queue}`, VisibilityTimeout: VISIBILITY_SECONDS, RedrivePolicy };
  return [
    [`${queue}Dead`, { Type: 'AWS::SQS::Queue', Properties: { QueueName: `${lane}-${queue}-dead` } }],
    [queue, { Type: 'AWS::SQS::Queue', Properties }],
  ];
}

function declaredTable(): Template[string] {
  const file = new URL('../../../infra/table.yml', import.meta.url);
  const { Resources } = parse(readFileSync(file, 'utf8')) as { Resources: { Table: Template[string] } };
  return Resources.Table;
}
