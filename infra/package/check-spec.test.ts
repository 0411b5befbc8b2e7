import { expect, test } from 'vitest';
import { specProblems } from './check-spec.ts';
import type { Resource } from './template.ts';

const queue = { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 30 } };
const of = (resources: Record<string, Resource>) => specProblems({ Resources: resources });

test('a sound template has no problems', () => {
  expect(
    of({
      Queue: queue,
      Policy: {
        Type: 'AWS::SQS::QueuePolicy',
        DependsOn: 'Queue',
        Properties: {
          Queues: [{ Ref: 'Queue' }],
          PolicyDocument: { Statement: [{ Resource: { 'Fn::Sub': '${Queue.Arn}/${AWS::Region}/${!literal}' } }] },
        },
      },
    }),
  ).toEqual([]);
});

test.each<[string, Record<string, Resource>, string]>([
  ['an unknown resource type', { A: { Type: 'AWS::SQS::Cue' } }, 'A: there is no resource type AWS::SQS::Cue'],
  [
    'an unknown property',
    { A: { Type: 'AWS::SQS::Queue', Properties: { Visibility: 3 } } },
    'A.Visibility: unknown property',
  ],
  [
    'an unknown property deep inside a list',
    {
      A: {
        Type: 'AWS::S3::Bucket',
        Properties: {
          CorsConfiguration: { CorsRules: [{ AllowedMethods: ['POST'], AllowedOrigins: ['*'], Maximum: 1 }] },
        },
      },
    },
    'A.CorsConfiguration.CorsRules[0].Maximum: unknown property',
  ],
  [
    'a missing property',
    { A: { Type: 'AWS::SQS::QueuePolicy', Properties: { PolicyDocument: {} } } },
    'A.Queues: required, but missing',
  ],
  [
    'a value of the wrong type',
    { A: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 'half an hour' } } },
    'A.VisibilityTimeout: must be of type integer',
  ],
  [
    'a Ref to nothing',
    { A: { Type: 'AWS::SNS::Topic', Properties: { TopicName: { Ref: 'Gone' } } } },
    'A: refers to Gone, which is not there',
  ],
  [
    'a variable of Fn::Sub that is no resource',
    { A: { Type: 'AWS::SNS::Topic', Properties: { TopicName: { 'Fn::Sub': 'x-${Gone.Arn}' } } } },
    'A: refers to Gone, which is not there',
  ],
  [
    'an attribute that the resource does not have',
    { Queue: queue, A: { Type: 'AWS::SNS::Topic', Properties: { TopicName: { 'Fn::GetAtt': ['Queue', 'Url'] } } } },
    'A: AWS::SQS::Queue Queue has no attribute Url',
  ],
  ['a DependsOn to nothing', { A: { ...queue, DependsOn: ['Gone'] } }, 'A: refers to Gone, which is not there'],
  [
    'resources that wait for each other',
    {
      A: { ...queue, DependsOn: 'B' },
      B: { Type: 'AWS::SNS::Topic', Properties: { TopicName: { 'Fn::GetAtt': ['A', 'QueueName'] } } },
    },
    'circular: A -> B -> A',
  ],
])('%s is found', (_, resources, problem) => {
  expect(of(resources)).toEqual([problem]);
});
