import { eq } from 'drizzle-orm';
import { apiTokens } from '@/db/schema/tokens';
import { refuse } from '@/lib/audit/record';
import { LapseError } from '@/lib/platform/errors';
import type { Services } from '@/lib/platform/services';
import { hashOfToken, looksLikeToken } from './token-secret';

/** A program that goes on with an ended token is written down once in so long, not at every request. */
const NOTED_EVERY_MS = 60 * 60 * 1000;

/** When each ended token was last written down by this process; there are never more entries than tokens. */
const lastNoted = new Map<string, number>();

/**
 * Writes down that a token was refused which is revoked or expired: somebody still has it. Tokens that never existed only
 * reach the server's log, or anybody could fill the audit log with them.
 */
export async function noteRefusedToken(
  services: Services,
  secret: string,
  address: string | undefined,
): Promise<void> {
  const token = looksLikeToken(secret) ? await find(services, secret) : undefined;
  if (!token) {
    services.log.warn({ address }, 'an API token that does not exist was refused');
    return;
  }
  const now = services.clock.now().getTime();
  if (now - (lastNoted.get(token.id) ?? Number.NEGATIVE_INFINITY) < NOTED_EVERY_MS) return;
  lastNoted.set(token.id, now);
  const ctx = { ...services, actor: { type: 'anonymous' as const, ...(address && { address }) } };
  const why = token.revokedAt ? 'is revoked' : 'has expired';
  try {
    await refuse(ctx, { target: `token:${token.id}` }, `The token “${token.name}” ${why}.`);
  } catch (error) {
    if (!(error instanceof LapseError)) throw error;
  }
}

async function find({ db }: Services, secret: string) {
  const [token] = await db
    .select({ id: apiTokens.id, name: apiTokens.name, revokedAt: apiTokens.revokedAt })
    .from(apiTokens)
    .where(eq(apiTokens.tokenHash, hashOfToken(secret)));
  return token;
}
