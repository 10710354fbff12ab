import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Transaction } from '@/db/client';
import { hostTeamMembers, people } from '@/db/schema/people';
import { apiTokens } from '@/db/schema/tokens';
import { audited } from '@/lib/audit/record';
import { can, isConsentingMember } from '@/lib/people/access';
import { actorPersonId } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import { forbidden, invalid } from '@/lib/platform/errors';
import { requiredText, wholeNumber } from '@/lib/platform/fields';
import { newId } from '@/lib/platform/ids';
import { parse } from '@/lib/platform/parse';
import { SCOPE_NAMES } from './scopes';
import { newTokenSecret } from './token-secret';

/** Whole days that a token may live. */
export const MAX_TOKEN_DAYS = 366;

const ALLOWED_SCOPES = `use one or more of ${SCOPE_NAMES.join(', ')}`;

const input = z.strictObject({
  name: requiredText('a name', 100),
  scopes: z
    .array(
      z.enum(SCOPE_NAMES, {
        error: (issue) => `${JSON.stringify(issue.input)} is no scope: ${ALLOWED_SCOPES}`,
      }),
      {
        error: ALLOWED_SCOPES,
      },
    )
    .min(1, ALLOWED_SCOPES)
    .max(SCOPE_NAMES.length, ALLOWED_SCOPES)
    .transform((scopes) => [...new Set(scopes)]),
  /** Whole days of 24 hours from now; the token is refused afterwards. */
  days: wholeNumber(1, MAX_TOKEN_DAYS, 'number of days'),
  /** The user name of the host for whom 'consent:write' decides, once he has accepted it. */
  actsFor: requiredText('a user name', 200)
    .transform((name) => name.toLowerCase())
    .optional(),
});
export type CreateTokenInput = z.input<typeof input>;

export interface CreatedToken {
  tokenId: string;
  /** The token itself. This is the only time that anybody sees it. */
  secret: string;
  prefix: string;
  expiresAt: Date;
  /** The host who must accept it before it decides anything; null when it acts for nobody. */
  waitsFor: { username: string; displayName: string } | null;
}

/**
 * Makes an API token. For admins, and for somebody with a shell on the server. Throws 'invalid', 'forbidden'. The event
 * in the audit log names the token by its id and prefix; the token itself is stored nowhere.
 */
export async function createToken(ctx: Context, args: CreateTokenInput): Promise<CreatedToken> {
  const { name, scopes, days, actsFor } = parse(input, args);
  const tokenId = newId();
  return audited(ctx, { action: 'token.create', target: `token:${tokenId}` }, (event) =>
    ctx.db.transaction(async (tx) => {
      if (!can(ctx.actor, 'tokens.manage')) throw forbidden('Only admins make API tokens.');
      const host = await hostToActFor(tx, scopes.includes('consent:write'), actsFor);
      const { secret, prefix, hash } = newTokenSecret();
      const createdAt = ctx.clock.now();
      const expiresAt = addDays(createdAt, days);
      await tx.insert(apiTokens).values({
        id: tokenId,
        name,
        tokenHash: hash,
        prefix,
        scopes,
        actsFor: host?.id ?? null,
        createdBy: actorPersonId(ctx.actor),
        createdAt,
        expiresAt,
      });
      await event.succeed(tx, { newValue: { name, prefix, scopes, expiresAt, actsFor: host?.id ?? null } });
      const waitsFor = host && { username: host.username, displayName: host.displayName };
      return { tokenId, secret, prefix, expiresAt, waitsFor };
    }),
  );
}

/** Somebody's name and the scope that needs it come together or not at all. */
async function hostToActFor(tx: Transaction, decides: boolean, username: string | undefined) {
  if (username === undefined) {
    if (!decides) return null;
    throw invalid('A token with the scope consent:write needs the host in whose name it decides.', {
      actsFor: 'give the user name of the host',
    });
  }
  if (!decides) {
    throw invalid('Only a token with the scope consent:write acts in the name of a host.', {
      actsFor: 'leave it out, or add the scope consent:write',
    });
  }
  const [host] = await tx.select().from(people).where(eq(people.username, username));
  if (!host)
    throw invalid(`There is nobody with the user name ${username}.`, { actsFor: 'give a user name' });
  if (host.disabledAt || host.role === 'auditor') {
    const why = host.disabledAt ? 'the account is disabled' : 'auditors decide nothing';
    throw invalid(`A token cannot act for ${username}: ${why}.`, { actsFor: 'give the user name of a host' });
  }
  if (!(await hostsSomething(tx, host.id))) {
    throw invalid(
      `A token cannot act for ${username}: that account is an accepted member of no host team with the permission Admin or Write, so it decides for no challenge.`,
      { actsFor: 'give the user name of a host' },
    );
  }
  return host;
}

async function hostsSomething(tx: Transaction, personId: number): Promise<boolean> {
  const [membership] = await tx
    .select({ id: hostTeamMembers.id })
    .from(hostTeamMembers)
    .where(and(eq(hostTeamMembers.personId, personId), isConsentingMember))
    .limit(1);
  return membership !== undefined;
}
