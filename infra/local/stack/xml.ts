const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#13;',
};
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

type Content = string | number | boolean | Content[] | { [element: string]: Content | undefined };

/** Writes an object as XML elements; an array repeats its element, undefined leaves it out. */
export function toXml(content: Content): string {
  if (Array.isArray(content)) return content.map(toXml).join('');
  if (typeof content !== 'object')
    return String(content).replace(/[&<>"'\r]/g, (character) => ESCAPES[character] ?? '');
  return Object.entries(content)
    .flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((one) => [name, one] as const))
    .map(([name, value]) => (value === undefined ? '' : `<${name}>${toXml(value)}</${name}>`))
    .join('');
}

/** The inner XML of every element of that name, outermost first. Enough for the small documents that SDKs send. */
export function elements(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>([\\s\\S]*?)</${name}>`, 'g'))].map(
    ([, inner = '']) => inner,
  );
}

/** The text of the first element of that name. */
export function textOf(xml: string, name: string): string | undefined {
  return elements(xml, name)[0]?.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (entity: string, decimal, hex, word) => {
    if (decimal) return String.fromCodePoint(Number(decimal));
    if (hex) return String.fromCodePoint(Number.parseInt(String(hex), 16));
    return ENTITIES[String(word)] ?? entity;
  });
}
