import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emulatorClients, type Aws } from './aws.ts';
import { createResources, type Template } from './resources.ts';
import { startStack, type Stack } from './stack.ts';

const key = (AttributeName: string, KeyType: string) => ({ AttributeName, KeyType });
const template: Template = {
  Table: {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [key('pk', 'HASH')],
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    },
  },
  Ingest: {
    Type: 'AWS::SQS::Queue',
    Properties: {
      QueueName: { 'Fn::Sub': '${AWS::StackName}-ingest' },
      VisibilityTimeout: 77,
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 3 },
    },
  },
  Dead: { Type: 'AWS::SQS::Queue' },
  DataBucket: {
    Type: 'AWS::S3::Bucket',
    Properties: {
      CorsConfiguration: { CorsRules: [{ AllowedMethods: ['POST'], AllowedOrigins: ['*'], MaxAge: 60 }] },
      NotificationConfiguration: {
        QueueConfigurations: [
          {
            Event: 's3:ObjectCreated:*',
            Queue: { 'Fn::GetAtt': ['Ingest', 'Arn'] },
            Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: 'incoming/' }] } },
          },
        ],
      },
    },
  },
  Cdn: { Type: 'AWS::CloudFront::Distribution' },
};
const deployment = { stackName: 'shop-local', region: 'eu-west-1' };

let stack: Stack;
let aws: Aws;
beforeAll(async () => {
  stack = await startStack();
  aws = emulatorClients(stack.endpoint, deployment.region);
});
afterAll(() => stack.stop());

test('what a template declares is there, bound together, and can be made again', async () => {
  await createResources(template, aws, deployment);
  const { resources } = await createResources(template, aws, deployment);
  const { ref: QueueUrl, attributes } = resources.Ingest!;
  expect(attributes.Arn).toBe('arn:aws:sqs:eu-west-1:000000000000:shop-local-ingest');
  const queue = await aws.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
  expect(queue.Attributes).toMatchObject({
    VisibilityTimeout: '77',
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: resources.Dead!.attributes.Arn, maxReceiveCount: 3 }),
  });
  const table = await aws.dynamodb.send(new DescribeTableCommand({ TableName: resources.Table!.ref }));
  expect(table.Table!.TableStatus).toBe('ACTIVE');

  const Bucket = resources.DataBucket!.ref;
  await aws.s3.send(new PutObjectCommand({ Bucket, Key: 'incoming/a.csv', Body: 'x' }));
  await aws.s3.send(new GetObjectCommand({ Bucket, Key: 'incoming/a.csv' }));
  const { Messages } = await aws.sqs.send(
    new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 2, MaxNumberOfMessages: 10 }),
  );
  expect(Messages!.map(({ Body }) => Body).join()).toContain('"key":"incoming/a.csv"');
});

test('a changed attribute of a queue is brought up to date', async () => {
  const changed = { Dead: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: '12' } } };
  const { resources } = await createResources(changed, aws, deployment);
  const { Attributes } = await aws.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: resources.Dead!.ref, AttributeNames: ['VisibilityTimeout'] }),
  );
  expect(Attributes).toEqual({ VisibilityTimeout: '12' });
});

test('a table with other keys or indexes than declared, where they can not be added, is refused with what to do', async () => {
  const changed = structuredClone({ Table: template.Table! });
  changed.Table.Properties!.GlobalSecondaryIndexes = [
    { IndexName: 'new', KeySchema: [key('pk', 'HASH')], Projection: { ProjectionType: 'KEYS_ONLY' } },
  ];
  await expect(createResources(changed, aws, deployment)).rejects.toThrow('delete the local data (the folder .local');
  changed.Table.Properties!.GlobalSecondaryIndexes = [];
  changed.Table.Properties!.KeySchema = [key('other', 'HASH')];
  await expect(createResources(changed, aws, deployment)).rejects.toThrow('delete the local data');
});
