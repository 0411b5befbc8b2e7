import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { isIntrinsic, isObject, listed, references, type Template } from './template.ts';

const spec = loadAwsServiceSpecSync();
const resourceSpec = (type: string) => spec.lookup('resource', 'cloudFormationType', 'equals', type).at(0);
type Properties = NonNullable<ReturnType<typeof resourceSpec>>['properties'];
type PropertyType = Properties[string]['type'];

/** What CloudFormation would refuse, as far as AWS' own resource specification tells: one line a problem. */
export function specProblems(template: Template): string[] {
  return [
    ...Object.entries(template.Resources).flatMap(([id, resource]) => {
      const known = resourceSpec(resource.Type);
      return known
        ? objectProblems(id, resource.Properties ?? {}, known.properties)
        : [`${id}: there is no resource type ${resource.Type}`];
    }),
    ...danglingReferences(template),
    ...cycles(template),
  ];
}

function objectProblems(path: string, value: Record<string, unknown>, properties: Properties): string[] {
  const missing = Object.entries(properties)
    .filter(([name, property]) => property.required && !(name in value))
    .map(([name]) => `${path}.${name}: required, but missing`);
  const present = Object.entries(value).flatMap(([name, inner]) => {
    const property = properties[name];
    return property ? valueProblems(`${path}.${name}`, inner, property.type) : [`${path}.${name}: unknown property`];
  });
  return [...missing, ...present];
}

function valueProblems(path: string, value: unknown, type: PropertyType): string[] {
  if (isIntrinsic(value)) return [];
  switch (type.type) {
    case 'ref':
      return inObject(path, value, (object) =>
        objectProblems(path, object, spec.get('typeDefinition', type.reference).properties),
      );
    case 'map':
      return inObject(path, value, (object) =>
        Object.entries(object).flatMap(([key, inner]) => valueProblems(`${path}.${key}`, inner, type.element)),
      );
    case 'array':
      return Array.isArray(value)
        ? value.flatMap((inner, at) => valueProblems(`${path}[${at}]`, inner, type.element))
        : [`${path}: must be a list`];
    case 'union':
      return type.types.map((one) => valueProblems(path, value, one)).reduce(fewer);
    default:
      return scalarProblems(path, value, type.type);
  }
}

const inObject = (path: string, value: unknown, check: (object: Record<string, unknown>) => string[]) =>
  isObject(value) ? check(value) : [`${path}: must be an object`];

const fewer = (one: string[], other: string[]) => (other.length < one.length ? other : one);

/** CloudFormation takes numbers and booleans as text too. */
const SCALARS: Record<string, (value: unknown) => boolean> = {
  integer: (value) => Number.isInteger(Number(value)),
  number: (value) => !Number.isNaN(Number(value)),
  boolean: (value) => ['true', 'false'].includes(String(value)),
  string: () => true,
};

function scalarProblems(path: string, value: unknown, type: string): string[] {
  const fits = SCALARS[type];
  if (!fits) return [];
  return typeof value !== 'object' && fits(value) ? [] : [`${path}: must be of type ${type}`];
}

function danglingReferences({ Resources, Parameters = {}, Outputs = {}, Conditions = {} }: Template): string[] {
  const places = Object.entries({ ...Resources, ...Outputs, ...Conditions });
  return places.flatMap(([place, value]) => {
    const named = isObject(value)
      ? listed(value.DependsOn).map((id) => ({ id: String(id), attribute: undefined }))
      : [];
    return [...references(value), ...named].flatMap(({ id, attribute }) => {
      const resource = Resources[id];
      if (!resource)
        return id in Parameters && attribute === undefined ? [] : [`${place}: refers to ${id}, which is not there`];
      const known = resourceSpec(resource.Type);
      const has = attribute === undefined || !known || attribute in known.attributes;
      return has ? [] : [`${place}: ${resource.Type} ${id} has no attribute ${attribute}`];
    });
  });
}

/** Resources that wait for each other, which no order of creation satisfies. */
function cycles({ Resources }: Template): string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (id: string, way: string[]) => {
    if (way.includes(id)) found.push(`circular: ${[...way.slice(way.indexOf(id)), id].join(' -> ')}`);
    const resource = Resources[id];
    if (done.has(id) || way.includes(id) || !resource) return;
    const next = [
      ...references(resource.Properties).map((reference) => reference.id),
      ...listed(resource.DependsOn).map(String),
    ];
    for (const other of new Set(next)) visit(other, [...way, id]);
    done.add(id);
  };
  for (const id of Object.keys(Resources)) visit(id, []);
  return found;
}
