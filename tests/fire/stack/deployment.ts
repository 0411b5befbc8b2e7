import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { emulatorClients } from '../../../infra/local/aws.ts';
import { createResources, type Template } from '../../../infra/local/resources.ts';
import { openBucket } from '../../../lib/aws/objects.ts';
import { openTable } from '../../../lib/aws/table.ts';
import { declaredFunctions, declaredQueues } from '../../fakes/aws/declared.ts';
import { SETTINGS } from '../../fakes/lambda.ts';

const REGION = 'eu-central-1';

export type Deployment = Awaited<ReturnType<typeof deploy>>;

export type Haste = {
  /** Seconds until what a dead function had in hand comes again. */
  visibility: number;
  /** Deliveries of a message before it is buried, where it is not as declared. */
  deliveries?: number;
};

/** Queues, table and buckets on an emulator as infra/ declares them; but messages come again soon. */
export async function deploy(endpoint: string, haste: Haste) {
  const aws = emulatorClients(endpoint, REGION);
  const { resources } = await createResources(template(haste), aws, { stackName: 'fire', region: REGION });
  const ref = (id: string) => resources[id]?.ref ?? '';
  const arn = (id: string) => resources[id]?.attributes.Arn ?? '';
  const [dataBucket, imagesBucket] = [ref('Data'), ref('Images')];
  const imageBaseUrl = `${endpoint}/${imagesBucket}`;
  const queueUrls = Object.entries(SETTINGS).filter(([name]) => name.endsWith('_QUEUE_URL'));
  return {
    aws,
    table: openTable(ref('Table'), aws.dynamodb),
    data: openBucket(dataBucket, aws.s3),
    images: openBucket(imagesBucket, aws.s3),
    dataBucket,
    imageBaseUrl,
    /** The settings of all functions, for processes that run any of them. */
    environment: {
      ...SETTINGS,
      ...Object.fromEntries(queueUrls.map(([name, url]) => [name, ref(url.split('/').at(-1) ?? '')])),
      TABLE_NAME: ref('Table'),
      DATA_BUCKET: dataBucket,
      IMAGES_BUCKET: imagesBucket,
      PUBLIC_IMAGE_BASE_URL: imageBaseUrl,
      OUTBOUND_ALLOWED_HOSTS: '127.0.0.1',
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      LOG_LEVEL: 'SILENT',
    },
    /** What reads a queue, with the queue. */
    consumers: declaredFunctions().flatMap(({ name, queue, batchSize }) =>
      queue === undefined ? [] : [{ name, batchSize, queue: { url: ref(queue), arn: arn(queue) } }],
    ),
    close(): void {
      for (const client of Object.values(aws)) client.destroy();
    },
  };
}

/** Queues go by their names as logical ids, too. */
function template({ visibility, deliveries }: Haste): Template {
  const queues = declaredQueues().map(({ name, deadLetters }): [string, Template[string]] => {
    const RedrivePolicy = deadLetters && {
      deadLetterTargetArn: { 'Fn::GetAtt': [deadLetters.queue, 'Arn'] },
      maxReceiveCount: deliveries ?? deadLetters.maxReceiveCount,
    };
    const Properties = { QueueName: name, VisibilityTimeout: visibility, ...(RedrivePolicy && { RedrivePolicy }) };
    return [name, { Type: 'AWS::SQS::Queue', Properties }];
  });
  const toIngest = {
    Event: 's3:ObjectCreated:*',
    Queue: { 'Fn::GetAtt': [SETTINGS.INGEST_QUEUE_URL?.split('/').at(-1), 'Arn'] },
    Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: 'incoming/' }] } },
  };
  return {
    ...Object.fromEntries(queues),
    Table: declaredTable(),
    Data: {
      Type: 'AWS::S3::Bucket',
      Properties: { NotificationConfiguration: { QueueConfigurations: [toIngest] } },
    },
    Images: { Type: 'AWS::S3::Bucket' },
  };
}

function declaredTable(): Template[string] {
  const file = new URL('../../../infra/table.yml', import.meta.url);
  const { Resources } = parse(readFileSync(file, 'utf8')) as { Resources: { Table: Template[string] } };
  return Resources.Table;
}
