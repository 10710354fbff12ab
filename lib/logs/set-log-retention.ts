import { z } from 'zod';
import { audited } from '@/lib/audit/record';
import { type RequestedOverrideChange, requestOverrideChange } from '@/lib/overrides/request-override-change';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { conflict, forbidden } from '@/lib/platform/errors';
import { idField, optionalText, wholeNumber } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import { type AppliedLogRetention, applyLogRetention, logEnvironmentField } from './apply-log-retention';
import { readLogCase } from './log-case';
import { NO_LOG_RETENTION, whyNoLogRetention } from './log-retention-rule';

const fields = z.strictObject({
  challengeId: idField,
  /** Left out: the configured one. */
  environment: logEnvironmentField.optional(),
  /** Whole days after the end of the challenge: the challenge's own period from now on. Left out: as it is. */
  days: wholeNumber(1, 3653, 'number of days').optional(),
  reason: optionalText(2000),
});
/** A reason is kept with a change of the days; one that nothing would keep is not dropped in silence. */
const input = fields.refine(({ days, reason }) => days !== undefined || reason === undefined, {
  path: ['reason'],
  message: 'it is kept with a change of the days only: give the days too, or leave it out',
});

export interface SetLogRetention {
  challengeId: number;
  /** What became of `days`; null: they were not given, or are the challenge's period already. */
  override: RequestedOverrideChange | null;
  logs: AppliedLogRetention;
}

/**
 * What an admin asks for by hand (E22): changes the challenge's own period of logs where `days` are given (a shorter one is
 * scheduled and announced first, L4), and then sets what holds now. Throws 'invalid', 'forbidden', 'not_found', and
 * 'conflict' when nothing may be set, such as without consent (L1): then nothing is changed at all.
 */
export async function setLogRetention(ctx: Context, args: z.input<typeof input>): Promise<SetLogRetention> {
  const { challengeId, environment = ctx.logs.environment, days, reason } = parse(input, args);
  if (!can(ctx.actor, 'retention.write')) {
    return refused(ctx, challengeId, forbidden('Only admins set the retention of logs.'));
  }
  const before = await readLogCase(ctx.db, challengeId, environment);
  const why = whyNoLogRetention(before.facts);
  if (why !== null) return refused(ctx, challengeId, conflict(NO_LOG_RETENTION[why]));
  if (ctx.logs.kind === 'off') {
    return refused(ctx, challengeId, conflict('Logs are switched off here (LAPSE_LOG_BACKEND=off).'));
  }

  const isNew = days !== undefined && days !== before.facts.logRetentionDaysOverride;
  const override = isNew
    ? await requestOverrideChange(ctx, {
        challengeId,
        field: 'log_retention_days_override',
        days,
        reason: reason ?? 'Asked for with the retention of its logs.',
      })
    : null;
  const [logs] = await applyLogRetention(ctx, { challengeId, environment });
  if (!logs) throw new Error('an environment gave no result');
  return { challengeId, override, logs };
}

/** A refusal is an audit event like any other (L8). */
function refused(ctx: Context, challengeId: number, refusal: Error): Promise<never> {
  return audited(ctx, { action: 'log-retention.set', target: `challenge:${challengeId}` }, async () => {
    throw refusal;
  });
}
