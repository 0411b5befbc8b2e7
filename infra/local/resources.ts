import type { Aws } from './aws.ts';
import { resolve, type Scope } from './resolve.ts';
import { bucketBehindCdn, configureBucket, ensureBucket, makeReadable } from './resources/bucket.ts';
import { ensureQueue, redrive } from './resources/queue.ts';
import { ensureTable } from './resources/table.ts';

/** The resources of a CloudFormation template, by logical id. */
export type Template = Record<string, { Type: string; Properties?: Record<string, unknown> }>;
export type Deployment = { stackName: string; region: string };

/**
 * Makes the tables, queues and buckets that a template declares, with what binds them together; what is there already
 * is brought up to date. Other kinds of resources have no local counterpart and are passed over.
 */
export async function createResources(template: Template, aws: Aws, deployment: Deployment): Promise<Scope> {
  const scope: Scope = { pseudo: pseudoParameters(deployment), resources: {} };
  const declared = (type: string) =>
    Object.entries(template).flatMap(([id, { Type, Properties = {} }]) => (Type === type ? [{ id, Properties }] : []));
  const name = (id: string, given: unknown) =>
    given === undefined ? `${deployment.stackName}-${id}`.toLowerCase() : String(resolve(given, scope));

  for (const { id, Properties } of declared('AWS::SQS::Queue')) {
    const queueName = name(id, Properties.QueueName);
    const { url, arn } = await ensureQueue(aws.sqs, queueName, Properties);
    scope.resources[id] = { ref: url, attributes: { Arn: arn, QueueName: queueName, QueueUrl: url } };
    scope.pseudo['AWS::AccountId'] = arn.split(':')[4] ?? '';
  }
  for (const { id, Properties } of declared('AWS::DynamoDB::Table')) {
    const tableName = name(id, Properties.TableName);
    const arn = await ensureTable(aws.dynamodb, tableName, Properties);
    scope.resources[id] = { ref: tableName, attributes: { Arn: arn } };
  }
  for (const { id, Properties } of declared('AWS::S3::Bucket')) {
    const bucketName = name(id, Properties.BucketName);
    await ensureBucket(aws.s3, bucketName);
    scope.resources[id] = { ref: bucketName, attributes: { Arn: `arn:aws:s3:::${bucketName}` } };
  }

  for (const { id, Properties } of declared('AWS::SQS::Queue')) {
    const policy = Properties.RedrivePolicy;
    if (policy) await redrive(aws.sqs, resolve({ Ref: id }, scope) as string, resolve(policy, scope));
  }
  for (const { id, Properties } of declared('AWS::S3::Bucket')) {
    const { CorsConfiguration, NotificationConfiguration } = Properties;
    const bound = resolve({ CorsConfiguration, NotificationConfiguration }, scope) as Record<string, unknown>;
    await configureBucket(aws.s3, resolve({ Ref: id }, scope) as string, bound);
  }
  for (const { Properties } of declared('AWS::S3::BucketPolicy')) {
    const bucket = bucketBehindCdn(Properties);
    if (bucket !== undefined) await makeReadable(aws.s3, resolve(bucket, scope) as string);
  }
  return scope;
}

const pseudoParameters = ({ stackName, region }: Deployment): Scope['pseudo'] => ({
  'AWS::AccountId': '000000000000',
  'AWS::Partition': 'aws',
  'AWS::Region': region,
  'AWS::StackName': stackName,
  'AWS::URLSuffix': 'amazonaws.com',
});
