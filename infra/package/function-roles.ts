type Statement = { Effect: 'Allow'; Action: string | string[]; Resource: unknown };
type ServerlessFunction = { iamRoleStatements?: Statement[]; role?: unknown };
type Serverless = {
  service: {
    functions: Record<string, ServerlessFunction>;
    resources: { Resources: Record<string, unknown> };
  };
  configSchemaHandler: { defineFunctionProperties(provider: string, schema: object): void };
  getProvider(name: 'aws'): {
    naming: { getNormalizedFunctionName(name: string): string; getLogGroupLogicalId(name: string): string };
  };
};

/**
 * Gives every function a role of its own, made of its `iamRoleStatements` and the right to write its own log.
 * (serverless-iam-roles-per-function, which the property is named after, leaves the shared role of all rights in the stack.)
 */
export default class FunctionRoles {
  readonly hooks: Record<string, () => void>;

  constructor(serverless: Serverless) {
    serverless.configSchemaHandler.defineFunctionProperties('aws', {
      properties: { iamRoleStatements: { $ref: '#/definitions/awsIamPolicyStatements' } },
      required: ['iamRoleStatements'],
    });
    this.hooks = { 'before:package:initialize': () => addRoles(serverless) };
  }
}

function addRoles(serverless: Serverless): void {
  const { naming } = serverless.getProvider('aws');
  const { functions, resources } = serverless.service;
  for (const [name, definition] of Object.entries(functions)) {
    const roleId = `${naming.getNormalizedFunctionName(name)}Role`;
    resources.Resources[roleId] = functionRole(definition.iamRoleStatements ?? [], naming.getLogGroupLogicalId(name));
    definition.role = { 'Fn::GetAtt': [roleId, 'Arn'] };
  }
}

function functionRole(statements: Statement[], logGroupId: string): object {
  const writeLog = {
    Effect: 'Allow',
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: { 'Fn::GetAtt': [logGroupId, 'Arn'] },
  };
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      },
      Policies: [
        { PolicyName: 'function', PolicyDocument: { Version: '2012-10-17', Statement: [writeLog, ...statements] } },
      ],
    },
  };
}
