import { and, eq, gt, isNull, lt, or } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { people } from '@/db/schema/people';
import { apiTokens } from '@/db/schema/tokens';
import type { TokenActor } from '@/lib/people/actor';
import type { Clock } from '@/lib/platform/clock';
import { permissionsOfScopes } from './scopes';
import { hashOfToken, looksLikeToken } from './token-secret';

/** A token that is used without pause writes down once in so long that it was. */
const USE_NOTED_EVERY_MS = 60_000;

/**
 * Who sends this token; null when it is unknown, revoked or expired, without telling which. Read from the database at
 * every request, so that revoking counts at the very next one. It acts for its host only when it has the scope, he has
 * accepted it, and his account is enabled.
 */
export async function actorOfToken(
  { db, clock }: { db: Queryable; clock: Clock },
  secret: string,
  address?: string,
): Promise<TokenActor | null> {
  if (!looksLikeToken(secret)) return null;
  const now = clock.now();
  const [row] = await db
    .select({
      token: apiTokens,
      host: { id: people.id, username: people.username, disabledAt: people.disabledAt },
    })
    .from(apiTokens)
    .leftJoin(people, eq(people.id, apiTokens.actsFor))
    .where(
      and(
        eq(apiTokens.tokenHash, hashOfToken(secret)),
        isNull(apiTokens.revokedAt),
        gt(apiTokens.expiresAt, now),
      ),
    );
  if (!row) return null;
  await noteUse(db, row.token.id, now);
  const { token, host } = row;
  const actsFor =
    host && !host.disabledAt && token.actsForAcceptedAt && token.scopes.includes('consent:write')
      ? { personId: host.id, username: host.username }
      : null;
  return {
    type: 'token',
    tokenId: token.id,
    name: token.name,
    permissions: permissionsOfScopes(token.scopes),
    actsFor,
    ...(address && { address }),
  };
}

async function noteUse(db: Queryable, tokenId: string, now: Date): Promise<void> {
  const before = new Date(now.getTime() - USE_NOTED_EVERY_MS);
  await db
    .update(apiTokens)
    .set({ lastUsedAt: now })
    .where(
      and(eq(apiTokens.id, tokenId), or(isNull(apiTokens.lastUsedAt), lt(apiTokens.lastUsedAt, before))),
    );
}
