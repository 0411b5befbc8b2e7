/** A call to AWS in the words of the table of kill points. */
export type Call = {
  /** The function that makes it, or the poller of a queue. */
  by: string;
  /** The command and what it is about: `Update PAGE`, `PutObject images`, `SendMessage finish`. */
  does: string;
  /** The clauses of an update, numbers at the ends of names left out: `SET r`, `ADD fullPages`, `REMOVE d`. */
  writes: string[];
};

type Input = Record<string, unknown>;

/** Names a command of the SDK by its class and its input. */
export function describeCall(by: string, command: { constructor: { name: string }; input: unknown }): Call {
  const input = command.input as Input;
  const name = command.constructor.name.replace(/Command$/, '');
  return { by, does: `${name} ${subject(input)}`, writes: clauses(input) };
}

/** A queue, a bucket or the first folder of a key, or what the item of the table is. */
function subject(input: Input): string {
  if (typeof input.QueueUrl === 'string') return /[^/-]+(-dead)?$/.exec(input.QueueUrl)?.[0] ?? '';
  if (typeof input.Bucket === 'string') return input.Bucket.endsWith('-images') ? 'images' : folder(String(input.Key));
  const { pk, sk } = (input.Key ?? input.Item ?? {}) as { pk?: string; sk?: string };
  if (pk !== undefined && sk !== undefined) return firstPart(pk) === 'REQ' ? firstPart(sk) : firstPart(pk);
  const { ':prefix': prefix } = (input.ExpressionAttributeValues ?? {}) as { ':prefix'?: string };
  return firstPart(prefix ?? 'many');
}

const firstPart = (key: string) => key.split('#', 1)[0] ?? '';
const folder = (key: string) => key.split('/', 1)[0] ?? '';

function clauses({ UpdateExpression: expression, ExpressionAttributeNames: names }: Input): string[] {
  if (typeof expression !== 'string') return [];
  const known = (names ?? {}) as Record<string, string>;
  let clause = '';
  return [...expression.matchAll(/\b(SET|ADD|REMOVE)\b|(?:^|[ ,])(#\d+)(?= |,|$)/g)].flatMap(([, keyword, name]) => {
    if (keyword !== undefined) clause = keyword;
    return name === undefined ? [] : [`${clause} ${(known[name] ?? '').replace(/\d+$/, '')}`];
  });
}
