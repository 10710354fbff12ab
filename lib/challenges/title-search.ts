import { type SQL, sql } from 'drizzle-orm';

/** The condition on `challenges c` that its title has `text` in it, in any case, or that its id is `text`. */
export function titleOrId(text: string | undefined): SQL {
  const wanted = text?.trim().replaceAll('\0', '');
  if (!wanted) return sql`true`;
  return sql`(c.title ilike ${`%${escapeLike(wanted)}%`} or c.id::text = ${wanted.replace(/^#/, '')})`;
}

/** Takes their meaning from the wildcards of LIKE, whose escape character is the backslash. */
export function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
