export type Resource = { Type: string; Properties?: Record<string, unknown>; DependsOn?: string | string[] };
export type Template = {
  Resources: Record<string, Resource>;
  Parameters?: Record<string, unknown>;
  Conditions?: Record<string, unknown>;
  Outputs?: Record<string, unknown>;
};
export type Reference = { id: string; attribute?: string };

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Ref, Fn::GetAtt and so on: what stands there is only known while deploying. */
export const isIntrinsic = (value: unknown): boolean => {
  if (!isObject(value)) return false;
  const [key, ...more] = Object.keys(value);
  return more.length === 0 && key !== undefined && (key === 'Ref' || key === 'Condition' || key.startsWith('Fn::'));
};

/** Every Ref, Fn::GetAtt and variable of an Fn::Sub in a value, however deep; without the pseudo parameters (AWS::…). */
export function references(value: unknown): Reference[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (!isObject(value)) return [];
  return Object.entries(value)
    .flatMap(([key, inner]) => ownReference(key, inner) ?? references(inner))
    .filter(({ id }) => !id.startsWith('AWS::'));
}

function ownReference(key: string, value: unknown): Reference[] | undefined {
  if (key === 'Ref' && typeof value === 'string') return [{ id: value }];
  if (key === 'Fn::GetAtt') {
    const [id, ...attribute] = (Array.isArray(value) ? value : String(value).split('.')).map(String);
    return [{ id: id ?? '', attribute: attribute.join('.') }];
  }
  if (key !== 'Fn::Sub') return undefined;
  const [text, own] = listed(value);
  const variables = [...String(text).matchAll(/\$\{([^!}][^}]*)\}/g)].map(([, name = '']) => name.trim());
  return [...variables.filter((name) => !(isObject(own) && name in own)).map(toReference), ...references(own)];
}

function toReference(name: string): Reference {
  const dot = name.indexOf('.');
  return dot < 0 ? { id: name } : { id: name.slice(0, dot), attribute: name.slice(dot + 1) };
}

/** The resources of a type, with their ids; properties that are missing are an empty object. */
export const resourcesOf = (template: Template, type: string): { id: string; properties: Record<string, unknown> }[] =>
  Object.entries(template.Resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([id, { Properties = {} }]) => ({ id, properties: Properties }));

/** The id of the resource that a value refers to, when it is a single one. */
export const target = (value: unknown): string | undefined => references(value).at(0)?.id;

export const listed = (value: unknown): unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];
