import type { z } from 'zod';
import { invalid } from './errors';

/** Parses `input` with `schema`; throws an 'invalid' LapseError that names each wrong field and what is allowed. */
export function parse<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const fields = new Map<string, string>();
  const note = (field: string, message: string) => {
    if (!fields.has(field)) fields.set(field, message);
  };
  for (const issue of result.error.issues) {
    const path = issue.path.map(String);
    // A schema with words of its own for names that it does not know says them.
    if (issue.code === 'unrecognized_keys' && /^Unrecognized keys?:/.test(issue.message)) {
      for (const key of issue.keys) note([...path, key.slice(0, 60)].join('.'), 'there is no such field');
    } else if (path.length === 0 && issue.code === 'invalid_type') {
      note('input', 'use an object with named values');
    } else {
      note(path.join('.') || 'input', issue.message);
    }
  }
  const message = [...fields].map(([field, text]) => `${field}: ${text}`).join('; ');
  throw invalid(message, Object.fromEntries(fields));
}
