type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/**
 * JSON with one form only: names in the order of their UTF-16 code units, no white space (RFC 8785). Numbers must be whole
 * and safe; throws RangeError for others, because their text would be up to the language.
 */
export function canonicalJson(value: Json): string {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw new RangeError(`${value} is not a whole number that every program writes alike`);
  }
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([name, each]) => `${JSON.stringify(name)}:${canonicalJson(each)}`).join(',')}}`;
}
