import { eq } from 'drizzle-orm';
import { auditEvents } from '@/db/schema/audit';
import { challenges, submissions } from '@/db/schema/challenges';
import { outbox } from '@/db/schema/jobs';
import { overrideChanges } from '@/db/schema/overrides';
import { settings } from '@/db/schema/settings';
import type { TestDatabase } from '@/db/testing';
import { giveConsent } from '@/lib/consent/give-consent';
import { START, scenario } from '@/lib/retention/testing/scenario';
import { applyDueOverrideChanges } from '../apply-due-override-changes';
import type { OverrideField } from '../override-field';
import { requestOverrideChange } from '../request-override-change';

export const FILES = 'artifact_retention_days_override';
export const LOGS = 'log_retention_days_override';
export const REASON = 'the sponsor pays for less';
export const BASE_URL = 'https://lapse.example.org/';

/** People, and challenges whose overrides change, on a clock that stands still. */
export async function overrideWorld(database: TestDatabase) {
  const s = scenario(database);
  s.clock.set(START);
  const host = await s.person({ timeZone: 'Asia/Kathmandu' });
  const first = await s.person({ role: 'admin' });
  const second = await s.person({ role: 'admin' });
  const [admin, otherAdmin] = [s.as(first), s.as(second)];
  const job = s.as({ type: 'system', job: 'apply-override-changes' });

  /** With consent, and one phase that ended on 1 November, so that 90 days end on 30 January. */
  async function challenge(values: Parameters<typeof s.challenge>[1] = {}, hosts = [host]) {
    const row = await s.challenge(hosts, values);
    const phase = await s.phase(row.id, { endDate: new Date('2026-11-01T00:00:00Z') });
    const submission = await s.submission(phase.id, [1000, 2000]);
    const [consenting] = hosts;
    if (consenting) await giveConsent(s.as(consenting), { challengeId: row.id, channel: 'api' });
    return { challengeId: row.id, phaseId: phase.id, submissionId: submission.id };
  }

  const request = (challengeId: number, field: OverrideField, days: number | null, by = admin) =>
    requestOverrideChange(by, { challengeId, field, days, reason: REASON });
  const run = () => applyDueOverrideChanges(job, { baseUrl: BASE_URL });

  return {
    ...s,
    host,
    admin,
    otherAdmin,
    job,
    challenge,
    request,
    run,
    bareChallenge: s.challenge,
    changesOf: (challengeId: number) =>
      s.db
        .select()
        .from(overrideChanges)
        .where(eq(overrideChanges.challengeId, challengeId))
        .orderBy(overrideChanges.requestedAt, overrideChanges.id),
    change: async (id: string) =>
      one(await s.db.select().from(overrideChanges).where(eq(overrideChanges.id, id))),
    overridesOf: async (id: number) => {
      const row = one(await s.db.select().from(challenges).where(eq(challenges.id, id)));
      return { files: row.artifactRetentionDaysOverride, logs: row.logRetentionDaysOverride };
    },
    dateOf: async (id: number) =>
      one(await s.db.select().from(submissions).where(eq(submissions.id, id))).retentionEligibleDate,
    auditOf: (target: string) => s.db.select().from(auditEvents).where(eq(auditEvents.target, target)),
    sentEvents: (name: string) => s.db.select().from(outbox).where(eq(outbox.name, name)),
    limitFiles: (value: number) =>
      s.db
        .insert(settings)
        .values({ name: 'approval.above-files', value, updatedAt: s.clock.now() })
        .onConflictDoUpdate({ target: settings.name, set: { value } }),
  };
}

export type OverrideWorld = Awaited<ReturnType<typeof overrideWorld>>;

function one<T>(rows: T[]): T {
  const [row] = rows;
  if (!row) throw new Error('there is no such row');
  return row;
}
