import path from 'node:path';
import { and, eq } from 'drizzle-orm';
import { logGroups, logNotices } from '@/db/schema/logs';
import { readLogCase } from '@/lib/logs/log-case';
import { logGroupName } from '@/lib/logs/log-group-name';
import { logNoticeSubject } from '@/lib/logs/log-notice-mail';
import { planLogStep } from '@/lib/logs/plan-log-step';
import { settledValues, writeLogRow } from '@/lib/logs/write-log-row';
import { addDays } from '@/lib/platform/clock';
import { FolderLogStore } from '@/lib/platform/log-store/folder-log-store';
import { jobActor, type Teller, tell } from './history';
import { type DemoLogFile, logFiles, writeLogGroup } from './log-files';
import { consentingMembers, demoEmail } from './people';
import type { ChallengeScenario } from './scenario';

const ENVIRONMENT = 'production';
const JOB = 'apply-log-retention';

/** Challenges whose workers have logged; the others' groups are missing. */
const LOGGING: readonly number[] = [4, 6, 9, 13, 16, 17];
/** Of them, those whose retention was set soon after consent. */
const SET: readonly number[] = [4, 6, 9, 16];
/** Consented, and the log service has no group of theirs. */
const MISSING: readonly number[] = [8];

/** Whether the demo tells anything of the challenge's logs right after its consent. */
export const tellsOfLogs = ({ id }: ChallengeScenario): boolean => SET.includes(id) || MISSING.includes(id);

/** What the job did after consent, as of then, by the rule of the product: it told the hosts, and set the retention. */
export async function replayLogRetention(
  teller: Teller,
  challenge: ChallengeScenario,
  at: Date,
  now: Date,
): Promise<void> {
  const { tx } = teller;
  const files = LOGGING.includes(challenge.id)
    ? logFiles(challenge, now).filter(({ first }) => first <= at)
    : [];
  const seen = LOGGING.includes(challenge.id)
    ? {
        name: logGroupName(challenge.id, ENVIRONMENT),
        retentionDays: null,
        oldestEventAt: files[0]?.first ?? null,
        storedBytes: bytesOf(files),
      }
    : null;
  const before = await readLogCase(tx, challenge.id, ENVIRONMENT);
  const first = planLogStep(before, seen, at);
  if (first.step.kind === 'settled') {
    await writeLogRow(tx, before, settledValues(before, first.decision, first.step, now));
    return;
  }
  if (first.decision.outcome !== 'keep-for')
    throw new Error(`the demo sets no logs of challenge ${challenge.id}`);
  const { days, keptUntil } = first.decision;
  await replayLogNotice(teller, challenge, {
    at,
    days,
    keptUntil,
    oldestEventAt: seen?.oldestEventAt ?? null,
  });

  const told = await readLogCase(tx, challenge.id, ENVIRONMENT);
  const second = planLogStep(told, seen, at);
  if (second.step.kind !== 'set') throw new Error(`the demo sets no logs of challenge ${challenge.id}`);
  const applied = { kind: 'settled', state: 'applied', ours: second.step.days, changedTo: null } as const;
  await writeLogRow(tx, told, settledValues(told, second.decision, applied, at));
  await tell(teller, {
    at,
    actor: jobActor(JOB),
    action: 'log-retention.set',
    target: `challenge:${challenge.id}`,
    oldValue: { group: told.name, retentionDays: null },
    newValue: {
      group: told.name,
      retentionDays: second.step.days,
      keptUntil,
      consentEventId: told.consentEventId,
      noticeId: told.sentNotice?.id ?? null,
    },
    tookMs: 180,
  });
}

async function replayLogNotice(
  teller: Teller,
  challenge: ChallengeScenario,
  told: { at: Date; days: number; keptUntil: Date; oldestEventAt: Date | null },
): Promise<void> {
  const { tx, random } = teller;
  const { at, days, keptUntil, oldestEventAt } = told;
  const case_ = await readLogCase(tx, challenge.id, ENVIRONMENT);
  if (case_.consentEventId === null) throw new Error(`challenge ${challenge.id} has no consent`);
  const id = random.idAt(at);
  const group = case_.name;
  await tx.insert(logNotices).values({
    id,
    challengeId: challenge.id,
    environment: ENVIRONMENT,
    consentEventId: case_.consentEventId,
    state: 'sent',
    days,
    keptUntil,
    oldestEventAt,
    subject: logNoticeSubject({ challenge, group, environment: ENVIRONMENT, days, keptUntil, baseUrl: null }),
    recipients: consentingMembers(challenge.team).map(({ id: personId, username }) => ({
      email: demoEmail(username),
      personId,
      accepted: true,
    })),
    createdAt: at,
    sentAt: at,
    attempts: 1,
  });
  await tell(teller, {
    at,
    actor: jobActor(JOB),
    action: 'notice.send',
    target: `challenge:${challenge.id}`,
    newValue: { logNoticeId: id, attempt: 1, group, days, keptUntil },
    tookMs: 260,
  });
}

/** Puts the files there that have not expired by now, with the policy beside them, and says so in the rows. */
export async function fillLogGroups(
  { tx }: Teller,
  challenges: readonly ChallengeScenario[],
  { folder, now }: { folder: string; now: Date },
): Promise<void> {
  const store = new FolderLogStore({ root: folder, environment: ENVIRONMENT });
  for (const challenge of challenges.filter(({ id }) => LOGGING.includes(id))) {
    const name = logGroupName(challenge.id, ENVIRONMENT);
    const key = and(eq(logGroups.challengeId, challenge.id), eq(logGroups.environment, ENVIRONMENT));
    const [row] = await tx.select().from(logGroups).where(key);
    const days = row?.appliedDays ?? null;
    const left = logFiles(challenge, now).filter(({ last }) => days === null || last >= addDays(now, -days));
    await writeLogGroup(path.join(folder, name), left);
    if (days !== null) await store.setRetention(name, days);
    if (!row) continue;
    const seen = { oldestEventAt: left[0]?.first ?? null, storedBytes: bytesOf(left), checkedAt: now };
    await tx.update(logGroups).set(seen).where(key);
  }
}

const bytesOf = (files: readonly DemoLogFile[]): number =>
  files.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
