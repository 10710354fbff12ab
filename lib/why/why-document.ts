import type { Change } from './what-if';
import type { WhyLogs } from './why-logs';
import type { WhySubmission } from './why-submission';

/*
 * The explanations as the REST API says them. Instants are ISO 8601 in UTC; sentences name days in the zone of who asks.
 */

export function submissionDocument(why: WhySubmission) {
  const { explanation, deletion } = why;
  return {
    submission_id: why.submissionId,
    challenge_id: why.challengeId,
    challenge_title: why.challengeTitle,
    at: why.at,
    sentences: why.sentences,
    changes: why.changes,
    caveats: why.caveats,
    decision: explanation?.decision ?? 'deleted',
    keeping: explanation?.keeping ?? [],
    eligible_date: explanation?.eligible?.date ?? null,
    eligible_date_rule: explanation?.eligible?.rule ?? null,
    earliest_deletion: explanation?.earliest ? earliestDocument(explanation.earliest) : null,
    foreseen: explanation?.foreseen
      ? { notice: explanation.foreseen.notice, deletion: explanation.foreseen.deletion }
      : null,
    rules: explanation?.rules ?? [],
    what_if: (explanation?.whatIf ?? []).map(({ change, decision, earliest }) => ({
      change: changeDocument(change),
      decision,
      earliest_deletion: earliest ? earliestDocument(earliest) : null,
    })),
    holds: why.holds.map(({ id, on, matter, reason, placedAt, placedBy }) => ({
      id,
      on,
      matter,
      reason,
      placed_at: placedAt,
      placed_by: placedBy,
    })),
    deletion: deletion && {
      deleted_at: deletion.deletedAt,
      policy_version: deletion.policyVersion,
      eligible_date: deletion.eligibleDate,
      run_ids: deletion.runIds,
      receipt_ids: deletion.receiptIds,
      consents: deletion.consents.map(({ eventId, at, by }) => ({ id: eventId, at, by })),
      notices: deletion.notices.map(({ id, sentAt }) => ({ id, sent_at: sentAt })),
    },
  };
}

const earliestDocument = ({ date, needsNotice }: { date: Date; needsNotice: boolean }) => ({
  date,
  needs_notice: needsNotice,
});

function changeDocument(change: Change | WhyLogs['explanation']['whatIf'][number]['change']) {
  if (change.type !== 'scheduled-days') return change;
  return { type: change.type, days: change.days, takes_effect_at: change.takesEffectAt };
}

export function logsDocument(why: WhyLogs) {
  const { explanation, group } = why;
  return {
    challenge_id: why.challengeId,
    challenge_title: why.challengeTitle,
    environment: why.environment,
    log_group: group.name,
    at: why.at,
    sentences: why.sentences,
    changes: why.changes,
    caveats: why.caveats,
    decision: decisionDocument(explanation.decision),
    keeping: explanation.keeping,
    rules: explanation.rules,
    dates: explanation.dates,
    what_if: explanation.whatIf.map(({ change, decision }) => ({
      change: changeDocument(change),
      decision: decisionDocument(decision),
    })),
    state: group.state,
    applied_days: group.appliedDays,
    expires_from: group.expiresFrom,
  };
}

function decisionDocument(decision: WhyLogs['explanation']['decision']) {
  switch (decision.outcome) {
    case 'none':
      return { outcome: decision.outcome, why: decision.why };
    case 'refused':
      return { outcome: decision.outcome, wanted_days: decision.wantedDays, kept_until: decision.keptUntil };
    case 'keep-for':
      return {
        outcome: decision.outcome,
        days: decision.days,
        wanted_days: decision.wantedDays,
        kept_until: decision.keptUntil,
        announced: decision.announced,
      };
  }
}
