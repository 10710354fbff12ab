import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { apiTokens } from '@/db/schema/tokens';
import { audited } from '@/lib/audit/record';
import { can } from '@/lib/people/access';
import { actorPersonId } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { forbidden, notFound } from '@/lib/platform/errors';
import { parse } from '@/lib/platform/parse';

const input = z.strictObject({ tokenId: z.uuid('this is no id of a token') });

/**
 * Ends a token: its very next request is refused. For admins, and for the host in whose name it acts. Revoking twice is
 * revoking once; the first time stays. Throws 'invalid', 'not_found', 'forbidden'.
 */
export async function revokeToken(
  ctx: Context,
  args: z.input<typeof input>,
): Promise<{ tokenId: string; revokedAt: Date }> {
  const { tokenId } = parse(input, args);
  return audited(ctx, { action: 'token.revoke', target: `token:${tokenId}` }, (event) =>
    ctx.db.transaction(async (tx) => {
      const [token] = await tx.select().from(apiTokens).where(eq(apiTokens.id, tokenId)).for('update');
      const person = actorPersonId(ctx.actor);
      const isTheirs = person !== null && token?.actsFor === person;
      if (!isTheirs && !can(ctx.actor, 'tokens.manage')) throw forbidden('Only admins revoke API tokens.');
      if (!token) throw notFound(`There is no token ${tokenId}.`);
      const revokedAt = token.revokedAt ?? ctx.clock.now();
      if (token.revokedAt === null) {
        await tx.update(apiTokens).set({ revokedAt, revokedBy: person }).where(eq(apiTokens.id, tokenId));
      }
      await event.succeed(tx, {
        oldValue: { name: token.name, prefix: token.prefix, revokedAt: token.revokedAt },
        newValue: { revokedAt },
      });
      return { tokenId, revokedAt };
    }),
  );
}
