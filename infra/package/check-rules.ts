import { Settings } from '../../lib/env.ts';
import { isObject, listed, resourcesOf, target, type Template } from './template.ts';

const VISIBILITY_FACTOR = 6;
/** Read by Node, glibc and the logger, not by lib/env.ts. */
export const RUNTIME_VARIABLES = ['LOG_LEVEL', 'NODE_OPTIONS', 'MALLOC_ARENA_MAX'];

/** Rowpress' own rules for what is deployed: one line a breach. */
export const ruleProblems = (template: Template): string[] => [
  ...broadRights(template),
  ...sharedRoles(template),
  ...queuesWithoutEnd(template),
  ...queuesSeenTooSoon(template),
  ...undeclaredSettings(template),
  ...publicBuckets(template),
];

function broadRights(template: Template): string[] {
  return resourcesOf(template, 'AWS::IAM::Role').flatMap(({ id, properties }) =>
    [...listed(properties.Policies)].flatMap(statements).flatMap((statement) => [
      ...('NotAction' in statement || 'NotResource' in statement ? [`${id}: allows all but something`] : []),
      ...listed(statement.Action)
        .filter((action) => String(action).includes('*'))
        .map((action) => `${id}: action ${String(action)}`),
      ...(listed(statement.Resource).includes('*') ? [`${id}: any resource`] : []),
    ]),
  );
}

function statements(policy: unknown): Record<string, unknown>[] {
  const document = isObject(policy) ? policy.PolicyDocument : undefined;
  return isObject(document) ? listed(document.Statement).filter(isObject) : [];
}

function sharedRoles(template: Template): string[] {
  const users = Map.groupBy(resourcesOf(template, 'AWS::Lambda::Function'), ({ properties }) =>
    target(properties.Role),
  );
  return resourcesOf(template, 'AWS::IAM::Role')
    .map(({ id }) => ({ id, count: users.get(id)?.length ?? 0 }))
    .filter(({ count }) => count !== 1)
    .map(({ id, count }) => `${id}: the role of ${count} functions, not of one`);
}

function queuesWithoutEnd(template: Template): string[] {
  const queues = resourcesOf(template, 'AWS::SQS::Queue');
  const ends = new Set(queues.map(({ properties }) => target(properties.RedrivePolicy)));
  return queues
    .filter(({ id, properties }) => !('RedrivePolicy' in properties) && !ends.has(id))
    .map(({ id }) => `${id}: has no dead-letter queue and is none`);
}

function queuesSeenTooSoon(template: Template): string[] {
  const mappings = resourcesOf(template, 'AWS::Lambda::EventSourceMapping').map(({ properties }) => properties);
  return resourcesOf(template, 'AWS::SQS::Queue').flatMap(({ id, properties }) => {
    const mapping = mappings.find((one) => target(one.EventSourceArn) === id);
    if (!mapping) return [`${id}: no function reads it`];
    const timeout = template.Resources[target(mapping.FunctionName) ?? '']?.Properties?.Timeout;
    const least = VISIBILITY_FACTOR * Number(timeout ?? 3);
    return [
      ...(Number(properties.VisibilityTimeout ?? 30) < least
        ? [`${id}: VisibilityTimeout must be ${least} or more`]
        : []),
      ...(listed(mapping.FunctionResponseTypes).includes('ReportBatchItemFailures')
        ? []
        : [`${id}: its function's failures are not reported by message`]),
    ];
  });
}

function undeclaredSettings(template: Template): string[] {
  const known = new Set([...Object.keys(Settings.shape), ...RUNTIME_VARIABLES]);
  return resourcesOf(template, 'AWS::Lambda::Function').flatMap(({ id, properties }) =>
    Object.keys(environmentOf(properties))
      .filter((name) => !known.has(name))
      .map((name) => `${id}: ${name} is not a setting of lib/env.ts`),
  );
}

/** The environment variables of a function's properties. */
export function environmentOf(properties: Record<string, unknown>): Record<string, unknown> {
  const environment = properties.Environment;
  const variables = isObject(environment) ? environment.Variables : undefined;
  return isObject(variables) ? variables : {};
}

function publicBuckets(template: Template): string[] {
  const blocks = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'];
  return resourcesOf(template, 'AWS::S3::Bucket').flatMap(({ id, properties }) => {
    const access = properties.PublicAccessBlockConfiguration;
    const open = blocks.filter((block) => !isObject(access) || access[block] !== true);
    return open.map((block) => `${id}: ${block} is not set`);
  });
}
