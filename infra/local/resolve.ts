/** What a template's intrinsic functions may refer to. */
export type Scope = {
  /** AWS::Region and the like. */
  pseudo: Record<string, string>;
  resources: Record<string, { ref: string; attributes: Record<string, string> }>;
};

const INTRINSICS: Record<string, (argument: unknown, scope: Scope) => unknown> = {
  Ref: (name, scope) => reference(String(name), scope),
  'Fn::GetAtt': (path, scope) => attribute(Array.isArray(path) ? path.join('.') : String(path), scope),
  'Fn::Sub': substitute,
  'Fn::Join': (argument, scope) => {
    const [separator, parts] = argument as [string, unknown];
    return (resolve(parts, scope) as unknown[]).join(separator);
  },
  'Fn::Select': (argument, scope) => {
    const [index, list] = argument as [number | string, unknown];
    return (resolve(list, scope) as unknown[])[Number(index)];
  },
  'Fn::Split': (argument, scope) => {
    const [separator, text] = argument as [string, unknown];
    return String(resolve(text, scope)).split(separator);
  },
};

/** Replaces CloudFormation's intrinsic functions in a value of a template; throws on what the scope does not know. */
export function resolve(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) return value.map((one) => resolve(one, scope));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [name = '', argument] = entries[0] ?? [];
  const intrinsic = entries.length === 1 ? INTRINSICS[name] : undefined;
  if (intrinsic) return intrinsic(argument, scope);
  if (entries.length === 1 && name.startsWith('Fn::')) throw new Error(`${name} is not resolved in local runs.`);
  return Object.fromEntries(entries.map(([key, one]) => [key, resolve(one, scope)]));
}

function reference(name: string, { pseudo, resources }: Scope): string {
  const value = pseudo[name] ?? resources[name]?.ref;
  if (value === undefined) throw new Error(`Ref ${name} has no value in local runs.`);
  return value;
}

function attribute(path: string, { resources }: Scope): string {
  const [name = '', ...rest] = path.split('.');
  const value = resources[name]?.attributes[rest.join('.')];
  if (value === undefined) throw new Error(`Fn::GetAtt ${path} has no value in local runs.`);
  return value;
}

/** `${Name}`, `${Name.Attribute}`, variables of its own; `${!Literal}` stays `${Literal}`. */
function substitute(argument: unknown, scope: Scope): string {
  const [template, variables] = Array.isArray(argument)
    ? (argument as [string, Record<string, unknown>])
    : [String(argument), {} as Record<string, unknown>];
  return template.replace(/\$\{([^}]+)\}/g, (_, expression: string) => {
    if (expression.startsWith('!')) return `\${${expression.slice(1)}}`;
    if (Object.hasOwn(variables, expression)) return String(resolve(variables[expression], scope));
    return expression.includes('.') ? attribute(expression, scope) : reference(expression, scope);
  });
}
