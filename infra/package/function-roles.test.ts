import { expect, test } from 'vitest';
import FunctionRoles from './function-roles.ts';

test('each function gets a role of its own rights and its own log, and nothing else', () => {
  const statement = { Effect: 'Allow' as const, Action: 's3:PutObject', Resource: 'arn:aws:s3:::images/*' };
  const service = {
    functions: {
      'compress-images': { iamRoleStatements: [statement] },
      idle: { iamRoleStatements: [] },
    },
    resources: { Resources: {} },
  };
  const plugin = new FunctionRoles({
    service,
    configSchemaHandler: { defineFunctionProperties: () => undefined },
    getProvider: () => ({
      naming: {
        getNormalizedFunctionName: (name) => `${name}-`,
        getLogGroupLogicalId: (name) => `${name}-log`,
      },
    }),
  });
  plugin.hooks['before:package:initialize']?.();

  const role = (...rights: object[]) => ({
    Type: 'AWS::IAM::Role',
    Properties: expect.objectContaining({
      Policies: [{ PolicyName: 'function', PolicyDocument: { Version: '2012-10-17', Statement: rights } }],
    }) as object,
  });
  const writeLog = (group: string) => ({
    Effect: 'Allow',
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: { 'Fn::GetAtt': [group, 'Arn'] },
  });
  expect(service.resources.Resources).toEqual({
    'compress-images-Role': role(writeLog('compress-images-log'), statement),
    'idle-Role': role(writeLog('idle-log')),
  });
  expect(service.functions['compress-images']).toHaveProperty('role', {
    'Fn::GetAtt': ['compress-images-Role', 'Arn'],
  });
});
