import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { emulatorClients } from '../infra/local/aws.ts';
import { createResources, type Template } from '../infra/local/resources.ts';
import { startStack } from '../infra/local/stack.ts';

const REGION = 'eu-west-1';
const QUEUES = ['Ingest', 'Pages', 'Finish', 'Webhooks'];

/** The embedded stack in this process, with what the functions need, and their environment for a process of their own. */
export async function startWorld(scratch: string) {
  const stack = await startStack({ dataDir: mkdtempSync(join(scratch, 'stack-')) });
  const aws = emulatorClients(stack.endpoint, REGION);
  const { resources } = await createResources(template(), aws, { stackName: 'bench', region: REGION });
  const name = (id: string) => resources[id]?.ref ?? '';
  const queueUrls = QUEUES.map((queue) => [`${queue.toUpperCase()}_QUEUE_URL`, name(`${queue}Queue`)]);
  const environment: Record<string, string> = {
    ...Object.fromEntries(queueUrls),
    AWS_ENDPOINT_URL: stack.endpoint,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    TABLE_NAME: name('Table'),
    DATA_BUCKET: name('DataBucket'),
    IMAGES_BUCKET: name('ImagesBucket'),
    PUBLIC_API_URL: 'http://127.0.0.1:3000',
    PUBLIC_IMAGE_BASE_URL: `${stack.endpoint}/${name('ImagesBucket')}`,
    OUTBOUND_ALLOWED_HOSTS: '127.0.0.1',
  };
  return { aws, environment, dataBucket: name('DataBucket'), [Symbol.asyncDispose]: () => stack.stop() };
}

/** The table as it is deployed; queues and buckets by their kind only. */
function template(): Template {
  const table = parse(readFileSync(new URL('../infra/table.yml', import.meta.url), 'utf8')) as { Resources: Template };
  const queue = { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 1800 } };
  const bucket = { Type: 'AWS::S3::Bucket' };
  return {
    ...table.Resources,
    ...Object.fromEntries(QUEUES.map((name) => [`${name}Queue`, queue])),
    DataBucket: bucket,
    ImagesBucket: bucket,
  };
}
