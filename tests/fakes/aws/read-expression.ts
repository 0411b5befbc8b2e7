import type { Condition, Update } from '../../../lib/aws/expression.ts';
import type { Query } from '../../../lib/aws/table.ts';

/** The part of a command that lib/aws/expression.ts and lib/aws/table.ts write. */
export type Written = {
  UpdateExpression?: string;
  ConditionExpression?: string;
  KeyConditionExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Record<string, unknown>;
};

/** What is not understood is thrown, never passed over: a new kind of expression has to be taught here first. */
const unknown = (text: string) => new Error(`tests/fakes/aws/read-expression.ts does not understand: ${text}`);

/** Reads an update back from DynamoDB's expression language. */
export function readUpdate(written: Written): Update {
  const words = placeholders(written);
  const update = { set: {} as Record<string, unknown>, setOnce: {} as Record<string, unknown> };
  const add: Record<string, number | Set<number>> = {};
  const remove: string[] = [];
  for (const [keyword, parts] of clauses(written.UpdateExpression ?? '')) {
    for (const part of parts) {
      if (keyword === 'SET') readSet(part, words, update);
      else if (keyword === 'ADD') readAdd(part, words, add);
      else remove.push(words.name(part));
    }
  }
  const when = readConditions(written, words);
  words.checkAllUsed();
  return { ...update, add, remove, when };
}

/** The conditions of a put. */
export function readWhen(written: Written): Condition[] {
  const words = placeholders(written);
  const when = readConditions(written, words);
  words.checkAllUsed();
  return when;
}

/** The partition and the prefix that a query asks for. */
export function readKeyCondition(written: Written): { partition: readonly [string, string] } & Pick<Query, 'prefix'> {
  const words = placeholders(written);
  const text = written.KeyConditionExpression ?? '';
  const [, name, value, prefix] = /^(#\w+) = (:\w+)(?: AND begins_with\(#\w+, (:\w+)\))?$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw unknown(text);
  return {
    partition: [words.name(name), String(words.value(value))],
    ...(prefix !== undefined && { prefix: String(words.value(prefix)) }),
  };
}

type Words = ReturnType<typeof placeholders>;

/** DynamoDB refuses an expression that lacks a value, and one that has names or values to spare. */
function placeholders({ ExpressionAttributeNames = {}, ExpressionAttributeValues = {} }: Written) {
  const used = new Set<string>();
  const find = <T>(all: Record<string, T>, placeholder: string): T => {
    const found = all[placeholder];
    if (found === undefined) throw new Error(`ValidationException: ${placeholder} is not defined`);
    used.add(placeholder);
    return found;
  };
  return {
    name: (placeholder: string) => find(ExpressionAttributeNames, placeholder),
    value: (placeholder: string) => find(ExpressionAttributeValues, placeholder),
    checkAllUsed() {
      const all = [...Object.keys(ExpressionAttributeNames), ...Object.keys(ExpressionAttributeValues)];
      const spare = all.filter((placeholder) => !used.has(placeholder));
      if (spare.length > 0) throw new Error(`ValidationException: ${spare.join(', ')} unused`);
    },
  };
}

function clauses(text: string): [keyword: string, parts: string[]][] {
  const words = text.split(/(?:^| )(SET|ADD|REMOVE) /).slice(1);
  if (words.length === 0) throw unknown(text);
  return Array.from({ length: words.length / 2 }, (_, at) => {
    // A comma inside of if_not_exists() parts nothing.
    const parts = (words[2 * at + 1] ?? '').split(/, (?![^(]*\))/);
    return [words[2 * at] ?? '', parts];
  });
}

function readSet(part: string, words: Words, into: { set: object; setOnce: object }): void {
  const [, name, once, value] = /^(#\d+) = (?:if_not_exists\((#\d+), )?(:\d+)\)?$/.exec(part) ?? [];
  if (name === undefined || value === undefined || (once !== undefined && once !== name)) throw unknown(part);
  Object.assign(once === undefined ? into.set : into.setOnce, { [words.name(name)]: words.value(value) });
}

function readAdd(part: string, words: Words, into: Record<string, number | Set<number>>): void {
  const [, name, placeholder] = /^(#\d+) (:\d+)$/.exec(part) ?? [];
  if (name === undefined || placeholder === undefined) throw unknown(part);
  const value = words.value(placeholder);
  if (typeof value === 'number') into[words.name(name)] = value;
  else if (value instanceof Set) into[words.name(name)] = value as Set<number>;
  else throw unknown(part);
}

const readConditions = ({ ConditionExpression: text }: Written, words: Words): Condition[] =>
  text === undefined ? [] : text.split(' AND ').map((part) => readCondition(part, words));

const CONDITIONS: [RegExp, (words: Words, ...placeholders: string[]) => Condition][] = [
  [/^attribute_not_exists\((#\d+)\)$/, (words, name = '') => ({ absent: words.name(name) })],
  [/^attribute_exists\((#\d+)\)$/, (words, name = '') => ({ present: words.name(name) })],
  [
    /^(#\d+) = (:\d+)$/,
    (words, name = '', value = '') => ({ equal: [words.name(name), words.value(value) as string | number | boolean] }),
  ],
  [
    /^(#\d+) IN \((:\d+(?:, :\d+)*)\)$/,
    (words, name = '', values = '') => ({
      oneOf: [words.name(name), values.split(', ').map((value) => words.value(value) as string)],
    }),
  ],
  [
    /^NOT contains\((#\d+), (:\d+)\)$/,
    (words, name = '', value = '') => ({ lacksMember: [words.name(name), words.value(value) as number] }),
  ],
];

function readCondition(part: string, words: Words): Condition {
  for (const [pattern, read] of CONDITIONS) {
    const match = pattern.exec(part);
    if (match) return read(words, ...match.slice(1));
  }
  throw unknown(part);
}
