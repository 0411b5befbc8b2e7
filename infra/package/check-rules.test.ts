import { expect, test } from 'vitest';
import { ruleProblems } from './check-rules.ts';
import type { Template } from './template.ts';

const reads = (queue: string) => ({
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: {
    EventSourceArn: { 'Fn::GetAtt': [queue, 'Arn'] },
    FunctionName: { 'Fn::GetAtt': ['Function', 'Arn'] },
    FunctionResponseTypes: ['ReportBatchItemFailures'],
  },
});

const aFunction = {
  Type: 'AWS::Lambda::Function',
  Properties: {
    Timeout: 10,
    Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
    Environment: { Variables: { TABLE_NAME: 'table' } },
  },
};

/** One function that reads one queue, as the rules want it; each test breaks one thing. */
const sound: Template = {
  Resources: {
    Queue: {
      Type: 'AWS::SQS::Queue',
      Properties: { VisibilityTimeout: 60, RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] } } },
    },
    Dead: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 75 } },
    Reads: reads('Queue'),
    Buries: reads('Dead'),
    Function: aFunction,
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        Policies: [{ PolicyDocument: { Statement: [{ Action: ['s3:GetObject'], Resource: { Ref: 'Bucket' } }] } }],
      },
    },
    Bucket: {
      Type: 'AWS::S3::Bucket',
      Properties: {
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      },
    },
  },
};

test('a sound template breaks no rule', () => {
  expect(ruleProblems(sound)).toEqual([]);
});

test.each([
  ['a wildcard in an action', '["s3:GetObject"]', '"s3:Get*"', 'Role: action s3:Get*'],
  ['a right on any resource', '{"Ref":"Bucket"}', '["*"]', 'Role: any resource'],
  ['a right on all but something', '"Resource":', '"NotResource":', 'Role: allows all but something'],
  [
    'a message that is seen again too soon',
    '"VisibilityTimeout":60',
    '"VisibilityTimeout":59',
    'Queue: VisibilityTimeout must be 60 or more',
  ],
  [
    'a batch that fails as a whole',
    '["ReportBatchItemFailures"]',
    '[]',
    "Queue: its function's failures are not reported by message",
  ],
  ['a variable that is no setting', 'TABLE_NAME', 'TABEL_NAME', 'Function: TABEL_NAME is not a setting of lib/env.ts'],
  [
    'a bucket that may become public',
    '"BlockPublicPolicy":true',
    '"BlockPublicPolicy":false',
    'Bucket: BlockPublicPolicy is not set',
  ],
])('%s is found', (_, part, broken, problem) => {
  const template = JSON.parse(JSON.stringify(sound).replace(part, broken)) as Template;
  expect(ruleProblems(template)).toEqual([problem]);
});

test.each<[string, Template['Resources'], string]>([
  ['a role that two functions share', { Second: aFunction }, 'Role: the role of 2 functions, not of one'],
  [
    'a queue without a dead-letter queue',
    { Loose: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 60 } }, ReadsLoose: reads('Loose') },
    'Loose: has no dead-letter queue and is none',
  ],
  ['a queue that no function reads', { Buries: reads('Queue') }, 'Dead: no function reads it'],
])('%s is found', (_, resources, problem) => {
  expect(ruleProblems({ Resources: { ...sound.Resources, ...resources } })).toEqual([problem]);
});
