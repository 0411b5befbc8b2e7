/** Whether a list header (Accept, Accept-Encoding) names a value with a weight above 0; `*` stands for all that it does not name. */
export function accepts(header: string | undefined, value: string): boolean {
  const weights = new Map((header ?? '').split(',').map(weighted));
  return (weights.get(value) ?? weights.get('*') ?? 0) > 0;
}

/** Whether an Accept header takes a media type, by its name or by a range such as `text/*`; without the header it does. */
export function acceptsType(header: string | undefined, type: string): boolean {
  const weights = new Map((header ?? '*/*').split(',').map(weighted));
  const range = type.replace(/[^/]*$/, '*');
  return (weights.get(type) ?? weights.get(range) ?? weights.get('*/*') ?? 0) > 0;
}

function weighted(item: string): [string, number] {
  const [value = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  return [value, weight === undefined ? 1 : Number(weight.slice(2)) || 0];
}
