import { asc, gt } from 'drizzle-orm';
import { z } from 'zod';
import { people } from '@/db/schema/people';
import { refuse } from '@/lib/audit/record';
import { wholeNumber } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import { can } from './access';
import type { Context } from './context';

const input = z.strictObject({
  /** `nextAfter` of the page before. */
  after: z
    .string()
    .max(64)
    .refine((name) => !name.includes('\0'), 'this is no place in the list')
    .default(''),
  limit: wholeNumber(1, 500, 'number').default(100),
});

export interface ListedPerson {
  id: number;
  username: string;
  displayName: string;
  email: string;
  role: 'host' | 'admin' | 'auditor';
  timeZone: string;
  signsInBy: 'password' | 'single sign-on';
  disabledAt: Date | null;
  createdAt: Date;
}

/** A page of the people, by user name. `nextAfter` is null on the last one. Throws 'forbidden'. */
export async function listPeople(
  ctx: Context,
  args: z.input<typeof input> = {},
): Promise<{ people: ListedPerson[]; nextAfter: string | null }> {
  const { after, limit } = parse(input, args);
  if (!can(ctx.actor, 'people.manage')) await refuse(ctx, { target: 'people' }, 'Only admins list people.');
  const rows = await ctx.db
    .select()
    .from(people)
    .where(gt(people.username, after))
    .orderBy(asc(people.username))
    .limit(limit + 1);
  const listed = rows
    .slice(0, limit)
    .map(({ id, username, displayName, email, role, timeZone, passwordHash, disabledAt, createdAt }) => ({
      id,
      username,
      displayName,
      email,
      role,
      timeZone,
      signsInBy: passwordHash === null ? ('single sign-on' as const) : ('password' as const),
      disabledAt,
      createdAt,
    }));
  return { people: listed, nextAfter: rows.length > limit ? (listed.at(-1)?.username ?? null) : null };
}
