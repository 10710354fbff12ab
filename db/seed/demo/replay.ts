import { eq } from 'drizzle-orm';
import { challenges } from '@/db/schema/challenges';
import { addDays } from '@/lib/platform/clock';
import { sayDatesChanged } from '@/lib/retention/recompute-all-dates';
import { recomputeDatesOf } from '@/lib/retention/recompute-dates';
import type { BuiltChallenge } from './build';
import { personActor, type Teller, tell, tellRun } from './history';
import { replayCleanup } from './replay-cleanup';
import { replayConsent } from './replay-consent';
import { replayHold, replayPostponement, replayRelease } from './replay-holds';
import { fillLogGroups, replayLogRetention, tellsOfLogs } from './replay-logs';
import { replayNoticesRun } from './replay-notices';
import { replayOverrideChange } from './replay-overrides';
import { streamSteps } from './replay-streams';
import { type DemoTimes, lastWeekly } from './times';

interface Step {
  at: Date;
  replay(): Promise<void>;
}

/** How far the history of jobs goes back, in days. */
const JOB_HISTORY_DAYS = 70;
/** How soon after consent the logs follow. */
const LOGS_AFTER_MS = 4_000;

/**
 * Lets the demo's history happen in the order of its times, each step by the rules of the product: dates, figures, texts
 * and what a cleanup may delete are computed, not written down. `logsIn`: the folder of the workers' logs, when they lie in
 * one; without it the demo has none.
 */
export async function replay(
  teller: Teller,
  built: BuiltChallenge[],
  times: DemoTimes,
  logsIn?: string,
): Promise<void> {
  const steps = [
    ...built.flatMap((challenge) => stepsOf(teller, challenge, times, logsIn)),
    ...jobSteps(teller, built, times),
    ...visitSteps(teller, times),
    ...streamSteps(teller, times),
  ];
  steps.sort((a, b) => a.at.getTime() - b.at.getTime());
  for (const step of steps) {
    if (step.at <= times.now) await step.replay();
  }
  if (logsIn === undefined) return;
  const scenarios = built.map(({ scenario }) => scenario);
  await fillLogGroups(teller, scenarios, { folder: logsIn, now: times.now });
}

function stepsOf(teller: Teller, built: BuiltChallenge, times: DemoTimes, logsIn?: string): Step[] {
  const { scenario, phases } = built;
  const steps: Step[] = [];
  for (const consent of scenario.consent ?? []) {
    steps.push({ at: consent.at, replay: () => replayConsent(teller, scenario, consent) });
    if (logsIn !== undefined && consent.action === 'given' && tellsOfLogs(scenario)) {
      const at = new Date(consent.at.getTime() + LOGS_AFTER_MS);
      steps.push({ at, replay: () => replayLogRetention(teller, scenario, at, times.now) });
    }
  }
  for (const hold of scenario.holds ?? []) {
    let id = '';
    steps.push({
      at: hold.at,
      replay: async () => {
        id = await replayHold(teller, built, hold);
      },
    });
    const { released } = hold;
    if (released) {
      steps.push({ at: released.at, replay: () => replayRelease(teller, scenario.id, id, released) });
    }
  }
  const { overrideChange } = scenario;
  if (overrideChange) {
    steps.push({
      at: overrideChange.at,
      replay: () => replayOverrideChange(teller, scenario, overrideChange),
    });
  }
  for (const submission of phases.flatMap((phase) => phase.submissions)) {
    const { postponed } = submission.special;
    if (postponed) {
      steps.push({
        at: postponed.at,
        replay: () => replayPostponement(teller, scenario.id, submission, postponed),
      });
    }
  }
  const { disabledAt, vanishedAt } = scenario;
  if (disabledAt) {
    steps.push({ at: disabledAt, replay: () => platformSays(teller, scenario.id, { disabled: true }) });
  }
  if (vanishedAt) {
    steps.push({ at: vanishedAt, replay: () => platformSays(teller, scenario.id, { vanishedAt }) });
  }
  return steps;
}

async function platformSays(
  { tx }: Teller,
  challengeId: number,
  change: { disabled?: boolean; vanishedAt?: Date },
) {
  await tx.update(challenges).set(change).where(eq(challenges.id, challengeId));
}

/** Only what happened: a run of the cleanup that would have taken what the demo shows as due is left out. */
function jobSteps(teller: Teller, built: BuiltChallenge[], times: DemoTimes): Step[] {
  const steps: Step[] = [];
  const scenarios = built.map(({ scenario }) => scenario);
  const oldest = times.daysAgo(JOB_HISTORY_DAYS);

  for (let at = times.noticesRun(0); at > oldest; at = addDays(at, -7)) {
    const tick = at;
    const announcing = scenarios.filter((scenario) => scenario.notice?.at.getTime() === tick.getTime());
    steps.push({ at: tick, replay: () => replayNoticesRun(teller, tick, announcing, times.now) });
  }
  for (let at = lastWeekly(times.now, 0, 1); at > oldest; at = addDays(at, -7)) {
    const tick = at;
    steps.push({
      at: tick,
      replay: () =>
        replayDatesRun(
          teller,
          tick,
          scenarios.map(({ id }) => id),
        ),
    });
  }
  const last = times.cleanupRun(14);
  const before = times.cleanupRunBefore(addDays(last, -1));
  for (const at of [before, last]) {
    steps.push({ at, replay: () => replayCleanup(teller, at, built, times.now) });
  }
  return steps;
}

async function replayDatesRun(teller: Teller, at: Date, challengeIds: number[]): Promise<void> {
  const changed = await recomputeDatesOf(teller.tx, challengeIds, at);
  await tellRun(teller, {
    id: teller.random.idAt(at),
    job: 'update-submission-retention-dates',
    at,
    tookMs: 240,
    counts: { challenges: challengeIds.length, datesChanged: changed },
    summary: sayDatesChanged(changed, challengeIds.length),
  });
}

/** What people did besides: somebody signs in, somebody is refused. */
function visitSteps(teller: Teller, times: DemoTimes): Step[] {
  const visits: [username: string, daysAgo: number][] = [
    ['ada', 30.1],
    ['otto', 21.4],
    ['viktor', 16.02],
    ['jonas', 8.31],
    ['otto', 3.2],
    ['ada', 1.1],
    ['hanna', 0.27],
  ];
  const steps: Step[] = visits.map(([username, daysAgo]) => {
    const at = times.daysAgo(daysAgo);
    const actor = personActor(username);
    const target = actor.type === 'user' ? `person:${actor.personId}` : 'person';
    return {
      at,
      replay: async () => {
        await tell(teller, {
          at,
          actor,
          action: 'session.sign-in',
          target,
          newValue: { method: 'password' },
        });
      },
    };
  });
  const refusedAt = times.daysAgo(8.3);
  steps.push({
    at: refusedAt,
    replay: async () => {
      await tell(teller, {
        at: refusedAt,
        actor: personActor('jonas'),
        action: 'consent.give',
        target: 'challenge:1',
        error:
          'forbidden: jonas is not a host of challenge 1: only accepted members of its team with the permission Admin or Write may decide.',
      });
    },
  });
  return steps;
}
