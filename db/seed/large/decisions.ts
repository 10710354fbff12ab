import { sql } from 'drizzle-orm';
import { RETENTION_POLICY } from '@/lib/retention/policy';
import type { LargeSize, LargeStep } from './rows';

const JOB = 'cleanup-expired-submission-artifacts';

/** An id that a statement makes of a text, so that the same seed gives the same. */
const idOf = (text: ReturnType<typeof sql>) => sql`md5(${text})::uuid`;

/** Consent for two challenges in three, and some holds. */
export function consentSteps({ now }: LargeSize): LargeStep[] {
  const at = sql`${now.toISOString()}::timestamptz`;
  return [
    {
      what: 'consent events',
      statement: sql`
        insert into consent_events (id, challenge_id, action, person_id, channel, at, shown_text, policy_version, shown_figures)
        select ${idOf(sql`'consent ' || c.id`)}, c.id, 'given', t.created_by, 'seed',
          least(c.end_date, ${at} - interval '90 days'), 'Made for measuring.', ${RETENTION_POLICY.version}, '{}'
        from challenges c join host_teams t on t.id = c.creator_team_id
        where c.id % 3 <> 0 order by c.id`,
    },
    {
      what: 'consent',
      statement: sql`
        update challenges c
        set retention_policy_consent = true, retention_policy_consent_date = e.at,
          retention_policy_consent_by = e.person_id, consent_event_id = e.id
        from consent_events e where e.challenge_id = c.id`,
    },
    {
      what: 'holds',
      statement: sql`
        insert into holds (id, matter, reason, challenge_id, placed_at)
        select ${idOf(sql`'hold ' || id`)}, 'Case ' || id, 'Made for measuring.', id, ${at} - interval '50 days'
        from challenges where id % 97 = 0`,
    },
  ];
}

/** A notice for everything whose date is near or past: long ago for most, lately for one in five. */
export function noticeSteps({ now }: LargeSize): LargeStep[] {
  const at = sql`${now.toISOString()}::timestamptz`;
  return [
    {
      what: 'notices',
      statement: sql`
        insert into notices (id, challenge_id, consent_event_id, state, created_at, sent_at, recipients, subject, attempts)
        select ${idOf(sql`'notice ' || c.id`)}, c.id, c.consent_event_id, 'sent', sent, sent, '[]', 'Made for measuring', 1
        from (select *, ${at} - case when id % 5 = 0 then interval '6 days' else interval '60 days' end as sent from challenges) c
        where c.retention_policy_consent
          and exists (
            select from submissions s join challenge_phases p on p.id = s.phase_id
            where p.challenge_id = c.id and s.retention_eligible_date <= c.sent + interval '14 days'
          )`,
    },
    {
      what: 'what the notices named',
      statement: sql`
        insert into notice_items (notice_id, submission_id, announced_date)
        select n.id, s.id, greatest(s.retention_eligible_date, n.sent_at + interval '14 days')
        from notices n
        join challenge_phases p on p.challenge_id = n.challenge_id
        join submissions s on s.phase_id = p.id
        where s.retention_eligible_date <= n.sent_at + interval '14 days'`,
    },
  ];
}

/** A cleanup of a month ago, which deleted half of what was due. */
export function deletionSteps({ now }: LargeSize): LargeStep[] {
  const at = sql`(${now.toISOString()}::timestamptz - interval '30 days')`;
  const planId = idOf(sql`'plan'`);
  const runId = idOf(sql`'run'`);
  const went = sql`
    select s.id as submission_id, n.challenge_id, n.consent_event_id, n.id as notice_id
    from submissions s
    join notice_items item on item.submission_id = s.id
    join notices n on n.id = item.notice_id and n.sent_at + interval '14 days' <= ${at}
    join challenges c on c.id = n.challenge_id
    where n.challenge_id % 2 = 0 and s.retention_eligible_date <= ${at}
      and s.status in ('finished', 'failed', 'cancelled', 'archived')
      and not c.disabled and not c.use_host_credentials and c.vanished_at is null
      and not exists (select from holds h where h.challenge_id = c.id)`;
  return [
    {
      what: 'receipts',
      statement: sql`
        insert into receipts (id, source, store, storage_key, outcome, size_bytes, deleted_at, run_id, plan_id, plan_hash,
          policy_version, challenge_id, consent_event_id, notice_id, subjects)
        select ${idOf(sql`'receipt ' || a.id`)}, 'submission-artifacts', 'folder', a.storage_key, 'deleted', a.size_bytes, ${at},
          ${runId}, ${planId}, md5('plan') || md5('hash'), ${RETENTION_POLICY.version}, went.challenge_id,
          went.consent_event_id, went.notice_id,
          jsonb_build_array(jsonb_build_object('submissionId', a.submission_id, 'artifactId', a.id, 'kind', a.kind,
            'challengeId', went.challenge_id, 'consentEventId', went.consent_event_id, 'noticeId', went.notice_id))
        from (${went}) went join artifacts a on a.submission_id = went.submission_id`,
    },
    {
      what: 'deleted artifacts',
      statement: sql`
        update artifacts a set state = 'deleted', receipt_id = ${idOf(sql`'receipt ' || a.id`)}, claimed_by_run = ${runId}, claimed_at = ${at}
        from (${went}) went where a.submission_id = went.submission_id`,
    },
    {
      what: 'deleted submissions',
      statement: sql`
        update submissions s set is_artifact_deleted = true, artifact_deletion_date = ${at}, retention_policy_applied = ${RETENTION_POLICY.version}
        from (${went}) went where s.id = went.submission_id`,
    },
    {
      what: 'the plan of that cleanup',
      statement: sql`
        insert into plans (id, source, state, created_at, expires_at, policy_version, hash, challenges, submissions, files,
          bytes, files_of_unknown_size, held_back_submissions)
        select ${planId}, 'submission-artifacts', 'done', ${at}, ${at} + interval '1 day', ${RETENTION_POLICY.version},
          md5('plan') || md5('hash'), count(distinct challenge_id), count(distinct subjects->0->>'submissionId'), count(*),
          coalesce(sum(size_bytes), 0), count(*) filter (where size_bytes is null), 0
        from receipts`,
    },
    {
      what: 'the run of that cleanup',
      statement: sql`
        insert into job_runs (id, job, trigger, requested_by, state, plan_id, created_at, started_at, finished_at, heartbeat_at, counts, summary)
        select ${runId}, ${JOB}, 'schedule', jsonb_build_object('type', 'system', 'job', ${JOB}::text), 'succeeded', id, ${at}, ${at},
          ${at} + interval '9 minutes', ${at} + interval '9 minutes',
          jsonb_build_object('plannedFiles', files, 'deleted', files, 'submissionsDeleted', submissions, 'plannedBytes', bytes, 'bytes', bytes),
          files || ' files were deleted.'
        from plans`,
    },
  ];
}
