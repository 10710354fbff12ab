const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';
const NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';

const ENTITIES: Record<string, string> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
  '&amp;': '&',
};

const escapeXml = (text: string) => text.replace(/[<>"'&]/g, (character) => `&#${character.charCodeAt(0)};`);

function unescapeXml(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|\w+);/gi, (entity, hex?: string, decimal?: string) => {
    if (hex) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (decimal) return String.fromCodePoint(Number(decimal));
    return ENTITIES[entity] ?? entity;
  });
}

type Value = string | number | boolean | undefined;

/** One element per entry, in order; what is undefined is left out. */
const elements = (values: Record<string, Value>) =>
  Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`)
    .join('');

/** A document with plain values and then repeated elements, each with plain values of its own. */
export function document(
  name: string,
  values: Record<string, Value>,
  repeated: [name: string, values: Record<string, Value>][] = [],
): string {
  const children = repeated.map(([child, inner]) => `<${child}>${elements(inner)}</${child}>`).join('');
  const namespace = name === 'Error' ? '' : ` ${NAMESPACE}`;
  return `${HEAD}<${name}${namespace}>${elements(values)}${children}</${name}>`;
}

/** What a DeleteObjects request wants deleted, with the etag that is its condition, and whether to tell failures only. */
export function readDeleteRequest(xml: string): {
  objects: { key: string; etag: string | undefined }[];
  quiet: boolean;
} {
  const inner = (text: string, name: string) => {
    const found = new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(text)?.[1];
    return found === undefined ? undefined : unescapeXml(found);
  };
  const objects = [...xml.matchAll(/<Object>(.*?)<\/Object>/gs)].map(([, text = '']) => ({
    key: inner(text, 'Key') ?? '',
    etag: inner(text, 'ETag'),
  }));
  return { objects, quiet: inner(xml, 'Quiet') === 'true' };
}

/** As S3 does it for `encoding-type=url`: slashes stay, a space becomes a plus. */
export const encodeKey = (key: string) =>
  encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+');
