import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { settings } from '@/db/schema/settings';
import { audited } from '@/lib/audit/record';
import { can } from '@/lib/people/access';
import { actorPersonId } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { conflict, forbidden } from '@/lib/platform/errors';
import { requiredText } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import { SETTING_NAMES, SETTINGS } from './catalogue';
import { readSetting } from './read-setting';

const named = z.object({ name: z.enum(SETTING_NAMES, { error: 'there is no such setting' }) });

export interface ChangedSetting {
  oldValue: number;
  newValue: number;
}

/**
 * Sets a setting, or with null takes it back to its default; it is in force when the transaction commits. Throws
 * 'invalid' (with the value and what is allowed), 'forbidden', 'conflict' (it has that value already).
 */
export async function changeSetting(
  ctx: Context,
  args: { name: string; value: number | null; reason: string },
): Promise<ChangedSetting> {
  const { name } = parse(named, { name: args.name });
  const setting = SETTINGS[name];
  const input = z.strictObject({
    name: z.literal(name),
    value: setting.schema.nullable(),
    reason: requiredText('a reason', 2000),
  });
  const { value, reason } = parse(input, args);
  return audited(ctx, { action: 'setting.change', target: `setting:${name}`, reason }, (event) =>
    ctx.db.transaction(async (tx) => {
      if (!can(ctx.actor, 'settings.write')) throw forbidden('Only admins change settings.');
      const by = { updatedBy: actorPersonId(ctx.actor), updatedAt: ctx.clock.now() };
      // The row is there from here on and locked, so that two changes at once tell their old values truly.
      await tx
        .insert(settings)
        .values({ name, value: setting.default, ...by })
        .onConflictDoNothing();
      await tx.select().from(settings).where(eq(settings.name, name)).for('update');
      const oldValue = await readSetting(tx, name);
      const newValue = value ?? setting.default;
      if (newValue === oldValue) throw conflict(`${setting.title}: it is ${oldValue} already.`);
      if (value === null) await tx.delete(settings).where(eq(settings.name, name));
      else
        await tx
          .update(settings)
          .set({ value, ...by })
          .where(eq(settings.name, name));
      await event.succeed(tx, { oldValue: { value: oldValue }, newValue: { value: newValue } });
      return { oldValue, newValue };
    }),
  );
}
