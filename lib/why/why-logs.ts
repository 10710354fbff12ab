import { z } from 'zod';
import { zoneOf } from '@/lib/challenges/person-zone';
import { requireVisible } from '@/lib/challenges/visible';
import { logEnvironmentField } from '@/lib/logs/apply-log-retention';
import { readLogCase } from '@/lib/logs/log-case';
import { type LogGroupState, toLogGroupState } from '@/lib/logs/log-group-state';
import type { Context } from '@/lib/people/context';
import { idField } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import { explainLogs, type LogExplanation } from './explain-logs';
import { momentOf } from './explained-moment';
import { CANNOT_KNOW_OF_LOGS, readLogFactsThen } from './read-logs-then';
import { readScheduled } from './read-scheduled';
import { sayLogChange, sayLogs } from './say-logs';

const input = z.strictObject({
  challengeId: idField,
  /** Left out: the configured one. */
  environment: logEnvironmentField.optional(),
  /** A day (its beginning in the actor's zone) or an instant with its offset; left out: now. */
  at: z.string('use a day such as 2027-01-31').max(100).optional(),
});

export interface WhyLogs {
  challengeId: number;
  challengeTitle: string;
  environment: string;
  at: Date;
  /** The answer in sentences, the first of which says it all; days are those of the actor's zone. */
  sentences: string[];
  changes: string[];
  caveats: string[];
  explanation: LogExplanation;
  /** How the group stands in the log service now. */
  group: LogGroupState;
}

/**
 * Why the events of a challenge's log group stay, or until when, at any date (B1). For everybody who may see the
 * challenge. Throws 'not_found', and 'invalid' for a date or an environment that is none.
 */
export async function whyLogs(ctx: Context, args: z.input<typeof input>): Promise<WhyLogs> {
  const { challengeId, environment = ctx.logs.environment, at: text } = parse(input, args);
  await requireVisible(ctx, challengeId);
  const zone = zoneOf(ctx.actor);
  // One reading of the clock: a second one may be later, and 'now' would lie in the past.
  const now = ctx.clock.now();
  const at = momentOf(now, text, zone);
  const found = await readLogCase(ctx.db, challengeId, environment);
  const facts = at < now ? await readLogFactsThen(ctx.db, found, at) : found.facts;
  const scheduled = await readScheduled(ctx.db, challengeId);
  const explanation = explainLogs(facts, at, {
    now,
    oldestEventAt: found.row?.oldestEventAt ?? null,
    scheduled: scheduled.filter(({ field }) => field === 'logRetentionDaysOverride'),
  });
  const group = toLogGroupState(ctx, found);
  return {
    challengeId,
    challengeTitle: found.challengeTitle,
    environment,
    at,
    sentences: [
      ...sayLogs(explanation, zone),
      ...(explanation.tense === 'present' && group.explanation && explanation.decision.outcome === 'keep-for'
        ? [`How it stands: ${group.explanation}`]
        : []),
    ],
    changes: explanation.whatIf.map((change) => sayLogChange(change, zone)),
    caveats: [
      ...(at < now ? CANNOT_KNOW_OF_LOGS : []),
      ...(at > now ? ['This takes everything to be as it is now, but the time.'] : []),
    ],
    explanation,
    group,
  };
}
