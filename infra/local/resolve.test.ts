import { describe, expect, test } from 'vitest';
import { resolve, type Scope } from './resolve.ts';

const scope: Scope = {
  pseudo: { 'AWS::Region': 'eu-west-1', 'AWS::AccountId': '000000000000', 'AWS::Partition': 'aws' },
  resources: {
    Pages: {
      ref: 'http://127.0.0.1:4566/000000000000/pages',
      attributes: { Arn: 'arn:aws:sqs:eu-west-1:000000000000:pages' },
    },
    Table: { ref: 'rowpress', attributes: { Arn: 'arn:table', 'Nested.Name': 'deep' } },
  },
};

describe('resolve', () => {
  test.each([
    ['text', 'text'],
    [12, 12],
    [null, null],
    [{ Ref: 'Table' }, 'rowpress'],
    [{ Ref: 'AWS::Region' }, 'eu-west-1'],
    [{ 'Fn::GetAtt': ['Pages', 'Arn'] }, 'arn:aws:sqs:eu-west-1:000000000000:pages'],
    [{ 'Fn::GetAtt': 'Table.Nested.Name' }, 'deep'],
    [{ 'Fn::Sub': 'arn:${AWS::Partition}:s3:::${Table}/*' }, 'arn:aws:s3:::rowpress/*'],
    [{ 'Fn::Sub': '${Pages.Arn}' }, 'arn:aws:sqs:eu-west-1:000000000000:pages'],
    [{ 'Fn::Sub': ['${mine}-${Table}', { mine: { Ref: 'AWS::Region' } }] }, 'eu-west-1-rowpress'],
    [{ 'Fn::Sub': '${!Literal}' }, '${Literal}'],
    [{ 'Fn::Join': ['/', ['a', { Ref: 'Table' }, { 'Fn::Join': ['-', ['b', 'c']] }]] }, 'a/rowpress/b-c'],
    [{ 'Fn::Select': [1, { 'Fn::Split': [':', 'a:b:c'] }] }, 'b'],
    [
      { a: [{ Ref: 'Table' }], b: { c: { Ref: 'Table' } } },
      { a: ['rowpress'], b: { c: 'rowpress' } },
    ],
    [{}, {}],
  ])('%j is %j', (value, expected) => {
    expect(resolve(value, scope)).toEqual(expected);
  });

  test.each([
    [{ Ref: 'Unknown' }, 'Ref Unknown has no value in local runs.'],
    [{ 'Fn::GetAtt': ['Cdn', 'DomainName'] }, 'Fn::GetAtt Cdn.DomainName has no value in local runs.'],
    [{ 'Fn::Sub': 'https://${Cdn.DomainName}' }, 'Fn::GetAtt Cdn.DomainName has no value in local runs.'],
    [{ 'Fn::ImportValue': 'x' }, 'Fn::ImportValue is not resolved in local runs.'],
  ])('%j is refused by name', (value, message) => {
    expect(() => resolve(value, scope)).toThrow(message);
  });
});
