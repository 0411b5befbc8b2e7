import * as z from 'zod';
import { accessDenied, S3Error } from './s3-error.ts';

export type SizeLimits = { least: number; most: number };

const Policy = z.object({
  expiration: z.string(),
  conditions: z.array(z.union([z.record(z.string(), z.string()), z.tuple([z.string(), z.unknown(), z.unknown()])])),
});
type Condition = { operator: string; field: string; value: string };

// Fields that a policy need not speak of.
const FREE_FIELDS = /^(policy|x-amz-signature|file|x-ignore-.*|bucket)$/;

/** Checks a form against the policy it carries, as S3 does; the result is how many bytes the file may have. */
export function checkPolicy(fields: Record<string, string>, now: number): SizeLimits {
  const { expiration, conditions } = parsePolicy(fields.policy);
  if (!(now < Date.parse(expiration))) throw denied('Policy expired.');
  const matches = conditions.flatMap(toConditions);
  for (const condition of matches) {
    if (!holds(condition, fields[condition.field] ?? '')) throw denied(`Policy Condition failed: ${condition.field}`);
  }
  const covered = new Set(matches.map(({ field }) => field));
  const extra = Object.keys(fields).find((name) => !covered.has(name) && !FREE_FIELDS.test(name));
  if (extra) throw denied(`Extra input fields: ${extra}`);
  const range = conditions.find((one) => Array.isArray(one) && one[0] === 'content-length-range');
  return Array.isArray(range) ? { least: Number(range[1]), most: Number(range[2]) } : { least: 0, most: Infinity };
}

const denied = (why: string) => accessDenied(`Invalid according to Policy: ${why}`);

function parsePolicy(encoded: string | undefined): z.infer<typeof Policy> {
  if (!encoded) throw accessDenied('Access Denied');
  try {
    return Policy.parse(JSON.parse(Buffer.from(encoded, 'base64').toString()));
  } catch {
    throw new S3Error(400, 'InvalidPolicyDocument', 'Invalid Policy: not a policy document.');
  }
}

/** Both spellings: `{"key": "a"}` and `["eq", "$key", "a"]`. */
function toConditions(condition: z.infer<typeof Policy>['conditions'][number]): Condition[] {
  if (!Array.isArray(condition)) {
    return Object.entries(condition).map(([field, value]) => ({ operator: 'eq', field: field.toLowerCase(), value }));
  }
  const [operator, field, value] = condition;
  if (operator === 'content-length-range') return [];
  return [{ operator, field: String(field).replace('$', '').toLowerCase(), value: String(value) }];
}

const holds = ({ operator, value }: Condition, given: string) =>
  operator === 'starts-with' ? given.startsWith(value) : operator === 'eq' && given === value;
