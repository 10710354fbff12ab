import type { z } from 'zod';
import { invalid } from './errors';

/** Parses `input` with `schema`; throws an 'invalid' LapseError that names each wrong field and what is allowed. */
export function parse<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const fields: Record<string, string> = {};
  for (const issue of result.error.issues) {
    const path = issue.path.map(String).join('.') || 'input';
    fields[path] ??= issue.message;
  }
  const message = Object.entries(fields)
    .map(([path, text]) => `${path}: ${text}`)
    .join('; ');
  throw invalid(message, fields);
}
