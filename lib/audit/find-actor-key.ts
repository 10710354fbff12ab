import { desc, eq, or } from 'drizzle-orm';
import { people } from '@/db/schema/people';
import { apiTokens } from '@/db/schema/tokens';
import { refuse } from '@/lib/audit/record';
import { JOBS } from '@/lib/jobs/catalogue';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';

/**
 * What somebody typed for 'who', as the audit log names actors: a user name or an address becomes 'user:12', the name of
 * a job 'system:<job>', the name or the first characters of a token 'token:<id>'; anything else stays as it is. Throws 'forbidden' for those who may not read the log.
 */
export async function findActorKey(ctx: Context, typed: string): Promise<string> {
  if (!can(ctx.actor, 'audit.read')) await refuse(ctx, {}, 'Only admins and auditors read the audit log.');
  const text = typed.trim();
  if (text.includes(':') || text === 'anonymous') return text;
  if (text in JOBS) return `system:${text}`;
  const name = text.toLowerCase();
  const [person] = await ctx.db
    .select({ id: people.id })
    .from(people)
    .where(or(eq(people.username, name), eq(people.email, name)))
    .limit(1);
  if (person) return `user:${person.id}`;
  const [token] = await ctx.db
    .select({ id: apiTokens.id })
    .from(apiTokens)
    .where(or(eq(apiTokens.name, text), eq(apiTokens.prefix, text.slice(0, 12))))
    .orderBy(desc(apiTokens.createdAt))
    .limit(1);
  return token ? `token:${token.id}` : text;
}
