import { z } from 'zod';
import { settings } from '@/db/schema/settings';
import { audited } from '@/lib/audit/record';
import { can } from '@/lib/people/access';
import { actorPersonId } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { conflict, forbidden } from '@/lib/platform/errors';
import { requiredText } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import { CONFIRMED_STORE, confirmedStore } from './known-store';

const input = z.strictObject({
  store: requiredText('the name of the store', 300),
  reason: requiredText('a reason', 2000),
});

/**
 * Says that Lapse is meant to work on this store although all receipts are of another one, so that runs begin in it. The name
 * has to be that of the configured store. For admins; throws 'invalid', 'forbidden', 'conflict' (it is another store).
 */
export async function confirmStore(ctx: Context, args: z.input<typeof input>): Promise<{ store: string }> {
  const { store, reason } = parse(input, args);
  const target = `setting:${CONFIRMED_STORE}`;
  return audited(ctx, { action: 'setting.change', target, reason }, (event) =>
    ctx.db.transaction(async (tx) => {
      if (!can(ctx.actor, 'settings.write')) throw forbidden('Only admins confirm a store.');
      if (store !== ctx.storage.name) {
        throw conflict(`The store is ${ctx.storage.name}, and not ${store}. Nothing was confirmed.`);
      }
      const oldValue = await confirmedStore(tx);
      const set = { value: store, updatedBy: actorPersonId(ctx.actor), updatedAt: ctx.clock.now() };
      await tx
        .insert(settings)
        .values({ name: CONFIRMED_STORE, ...set })
        .onConflictDoUpdate({ target: settings.name, set });
      await event.succeed(tx, { oldValue: { value: oldValue }, newValue: { value: store } });
      return { store };
    }),
  );
}
