import { desc, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { publicPolicies } from '@/db/schema/anonymous';
import { audited } from '@/lib/audit/record';
import { can } from '@/lib/people/access';
import { recordedActor } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import { readEnv } from '@/lib/platform/env';
import { forbidden } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import { DAYS_IN_FORCE } from './anonymous-rule';
import { comingDueIn } from './coming-due';
import { lockTranscripts } from './lock-transcripts';

type StoredPolicy = typeof publicPolicies.$inferSelect;
type AskedPolicy = Pick<StoredPolicy, 'publicMode' | 'retentionDays'>;

const TARGET = 'public-policy';

/**
 * Writes down the policy that the environment asks for, when it is another than the last one (R2): from now on it is in force,
 * and what was there before falls under it after 14 days. For the start and for jobs, any number of them at once; returns
 * whether there was something new. Throws 'forbidden', and an Error for an environment that is not right.
 */
export async function recordPublicPolicy(ctx: Context): Promise<boolean> {
  const asked = askedPolicy();
  if (isSame(await latestPolicy(ctx.db), asked)) return false;
  const reason = 'The environment asks for it: PUBLIC_MODE, PUBLIC_DATA_RETENTION_DAYS';
  return audited(ctx, { action: 'public-policy.change', target: TARGET, reason }, (event) =>
    ctx.db.transaction(async (tx) => {
      if (!can(ctx.actor, 'settings.write')) {
        throw forbidden('Only admins and the product itself record the policy of anonymous data.');
      }
      // There may be no row to lock yet. Whoever comes second finds what the first has written.
      await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('lapse:public-policy', 0))`);
      // A claim that is under way was made under the policy before; the next one finds this.
      await lockTranscripts(tx);
      const before = await latestPolicy(tx);
      const isNew = !isSame(before, asked);
      const from = isNew ? await write(ctx, tx, before, asked) : null;
      const effect = from === null ? {} : await effectOf(ctx, tx, asked, from);
      await event.succeed(tx, { oldValue: recorded(before), newValue: { ...asked, ...effect } });
      return isNew;
    }),
  );
}

/** The policy that was recorded last; undefined before the first. */
export async function latestPolicy(db: Queryable): Promise<StoredPolicy | undefined> {
  const [latest] = await db
    .select()
    .from(publicPolicies)
    .orderBy(desc(publicPolicies.inForceFrom), desc(publicPolicies.sequence))
    .limit(1);
  return latest;
}

function askedPolicy(): AskedPolicy {
  const env = readEnv();
  return { publicMode: env.PUBLIC_MODE, retentionDays: env.PUBLIC_DATA_RETENTION_DAYS };
}

const isSame = (stored: StoredPolicy | undefined, asked: AskedPolicy): boolean =>
  stored?.publicMode === asked.publicMode && stored.retentionDays === asked.retentionDays;

const recorded = (stored: StoredPolicy | undefined) =>
  stored ? { publicMode: stored.publicMode, retentionDays: stored.retentionDays } : null;

/** Never before the last one, even if the clock was set back: the order in which they hold is that in which they came. */
async function write(
  ctx: Context,
  tx: Queryable,
  before: StoredPolicy | undefined,
  asked: AskedPolicy,
): Promise<Date> {
  const now = ctx.clock.now();
  const inForceFrom = before && before.inForceFrom > now ? before.inForceFrom : now;
  await tx.insert(publicPolicies).values({
    id: newId(),
    ...asked,
    inForceFrom,
    recordedByActor: recordedActor(ctx.actor),
  });
  return inForceFrom;
}

/** When it begins to cover what was there before it, and what goes then, as far as is known now (R2). */
async function effectOf(ctx: Context, tx: Queryable, { publicMode }: AskedPolicy, inForceFrom: Date) {
  if (!publicMode) return { inForceFrom };
  const { withPolicy } = await comingDueIn(tx, ctx);
  return { inForceFrom, coversOldFrom: addDays(inForceFrom, DAYS_IN_FORCE), goesThen: withPolicy };
}

/**
 * Says in the log, as the screen does, when the policy in force begins to cover what was there before it and how much goes then;
 * nothing while it does already, or while the mode is off.
 */
export async function announcePolicy(ctx: Context): Promise<void> {
  const latest = await latestPolicy(ctx.db);
  if (!latest?.publicMode) return;
  const coversOldFrom = addDays(latest.inForceFrom, DAYS_IN_FORCE);
  if (coversOldFrom <= ctx.clock.now()) return;
  const { withPolicy } = await comingDueIn(ctx.db, ctx);
  ctx.log.info(
    { policy: latest.sequence, retentionDays: latest.retentionDays, coversOldFrom, goesThen: withPolicy },
    'the policy of anonymous data does not cover yet what was there before it; it does from coversOldFrom on',
  );
}
