/** A condition on one attribute of an item. Several of them must all hold. */
export type Condition =
  | { absent: string }
  | { present: string }
  | { equal: readonly [attribute: string, value: string | number | boolean] }
  | { oneOf: readonly [attribute: string, values: readonly string[]] }
  | { lacksMember: readonly [attribute: string, member: number] };

/** One conditional update of one item: the only kind of write that Rowpress does after creating it. */
export type Update = {
  set?: Record<string, unknown>;
  /** Set only where the attribute does not exist yet. */
  setOnce?: Record<string, unknown>;
  /** Numbers are added up, number sets are united. */
  add?: Record<string, number | Set<number>>;
  remove?: readonly string[];
  when?: readonly Condition[];
};

export type Expression = {
  UpdateExpression: string;
  ConditionExpression?: string;
  ExpressionAttributeNames: Record<string, string>;
  ExpressionAttributeValues?: Record<string, unknown>;
};

/** Writes an update in DynamoDB's expression language; every name and value goes through a placeholder. */
export function toExpression({ set = {}, setOnce = {}, add = {}, remove = [], when = [] }: Update): Expression {
  const words = placeholders();
  const sets = [
    ...Object.entries(set).map(([name, value]) => `${words.name(name)} = ${words.value(value)}`),
    ...Object.entries(setOnce).map(
      ([name, value]) => `${words.name(name)} = if_not_exists(${words.name(name)}, ${words.value(value)})`,
    ),
  ];
  const adds = Object.entries(add).map(([name, value]) => `${words.name(name)} ${words.value(value)}`);
  const clauses = [
    clause('SET', sets),
    clause('ADD', adds),
    clause(
      'REMOVE',
      remove.map((name) => words.name(name)),
    ),
  ];
  const conditions = when.map((condition) => toCondition(condition, words));
  return {
    UpdateExpression: clauses.filter((text) => text !== '').join(' '),
    ...(conditions.length > 0 && { ConditionExpression: conditions.join(' AND ') }),
    ...words.attributes(),
  };
}

/** The same conditions for a put. */
export function toConditionExpression(when: readonly Condition[]): Omit<Expression, 'UpdateExpression'> {
  const words = placeholders();
  return { ConditionExpression: when.map((one) => toCondition(one, words)).join(' AND '), ...words.attributes() };
}

type Placeholders = ReturnType<typeof placeholders>;

function toCondition(condition: Condition, words: Placeholders): string {
  if ('absent' in condition) return `attribute_not_exists(${words.name(condition.absent)})`;
  if ('present' in condition) return `attribute_exists(${words.name(condition.present)})`;
  if ('equal' in condition) return `${words.name(condition.equal[0])} = ${words.value(condition.equal[1])}`;
  if ('oneOf' in condition) {
    const [attribute, values] = condition.oneOf;
    return `${words.name(attribute)} IN (${values.map((value) => words.value(value)).join(', ')})`;
  }
  const [attribute, member] = condition.lacksMember;
  return `NOT contains(${words.name(attribute)}, ${words.value(member)})`;
}

function placeholders() {
  const names = new Map<string, string>();
  const values: Record<string, unknown> = {};
  return {
    name(attribute: string): string {
      const known = names.get(attribute) ?? `#${names.size}`;
      names.set(attribute, known);
      return known;
    },
    value(value: unknown): string {
      const placeholder = `:${Object.keys(values).length}`;
      values[placeholder] = value;
      return placeholder;
    },
    attributes() {
      return {
        ExpressionAttributeNames: Object.fromEntries(
          [...names].map(([attribute, placeholder]) => [placeholder, attribute]),
        ),
        ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
      };
    },
  };
}

const clause = (keyword: string, parts: string[]) => (parts.length > 0 ? `${keyword} ${parts.join(', ')}` : '');
