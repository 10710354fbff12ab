import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { apiTokens } from '@/db/schema/tokens';
import { audited } from '@/lib/audit/record';
import type { Context } from '@/lib/people/context';
import { conflict, forbidden, notFound } from '@/lib/platform/errors';
import { parse } from '@/lib/platform/parse';

const input = z.strictObject({ tokenId: z.uuid('this is no id of a token') });

/**
 * The host agrees that a token decides in his name. Nobody else can: an admin who makes a token for a host has no
 * consent in his hand before this. Accepting twice is accepting once. Throws 'invalid', 'not_found' (for everybody but
 * that host), 'forbidden', and 'conflict' when it is revoked or expired.
 */
export async function acceptToken(
  ctx: Context,
  args: z.input<typeof input>,
): Promise<{ tokenId: string; acceptedAt: Date }> {
  const { tokenId } = parse(input, args);
  return audited(ctx, { action: 'token.accept', target: `token:${tokenId}` }, (event) =>
    ctx.db.transaction(async (tx) => {
      if (ctx.actor.type !== 'user') throw forbidden('A host accepts a token himself, signed in.');
      const [token] = await tx.select().from(apiTokens).where(eq(apiTokens.id, tokenId)).for('update');
      if (!token || token.actsFor !== ctx.actor.personId) {
        throw notFound(`There is no token ${tokenId} that acts in your name.`);
      }
      const now = ctx.clock.now();
      if (token.revokedAt) throw conflict('This token is revoked; there is nothing to accept.');
      if (token.expiresAt <= now) throw conflict('This token has expired; there is nothing to accept.');
      const acceptedAt = token.actsForAcceptedAt ?? now;
      await tx.update(apiTokens).set({ actsForAcceptedAt: acceptedAt }).where(eq(apiTokens.id, tokenId));
      await event.succeed(tx, {
        oldValue: { acceptedAt: token.actsForAcceptedAt },
        newValue: { name: token.name, prefix: token.prefix, acceptedAt },
      });
      return { tokenId, acceptedAt };
    }),
  );
}
