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

/** A cleanup of a month ago, which deleted half of what was due; and all files, deleted or not, in one go. */
export function fileSteps({ now }: LargeSize): LargeStep[] {
  const at = sql`(${now.toISOString()}::timestamptz - interval '30 days')`;
  const planId = idOf(sql`'plan'`);
  const runId = idOf(sql`'run'`);
  return [
    {
      what: 'deleted submissions',
      statement: sql`
        update submissions s
        set is_artifact_deleted = true, artifact_deletion_date = ${at}, retention_policy_applied = ${RETENTION_POLICY.version}
        from notice_items item
        join notices n on n.id = item.notice_id and n.sent_at + interval '14 days' <= ${at}
        join challenges c on c.id = n.challenge_id
        where item.submission_id = s.id and n.challenge_id % 2 = 0 and s.retention_eligible_date <= ${at}
          and s.status in ('finished', 'failed', 'cancelled', 'archived')
          and not c.disabled and not c.use_host_credentials and c.vanished_at is null
          and not exists (select from holds h where h.challenge_id = c.id)`,
    },
    {
      what: 'artifacts',
      statement: sql`
        insert into artifacts (submission_id, kind, object_key, size_bytes, state, receipt_id, claimed_by_run, claimed_at)
        select s.id, kind, 'submission_files/submission_' || s.id || '/' || kind || '.txt',
          case when s.id % 200 <> 0 then (2000 + (s.id * 7919) % 900000)::bigint end,
          (case when gone then 'deleted' else 'present' end)::artifact_state,
          case when gone then ${idOf(sql`'receipt ' || s.id || kind`)} end,
          case when gone then ${runId} end, case when gone then ${at} end
        from (select id, status, is_artifact_deleted as gone from submissions) s,
          unnest('{input_file,stdout_file,submission_result_file,submission_metadata_file}'::artifact_kind[]) kind
        where kind <> 'submission_result_file' or s.status in ('finished', 'archived')`,
    },
    {
      what: 'receipts',
      statement: sql`
        insert into receipts (id, source, store, storage_key, outcome, size_bytes, deleted_at, run_id, plan_id, plan_hash,
          policy_version, challenge_id, consent_event_id, notice_id, subjects)
        select a.receipt_id, 'submission-artifacts', 'folder', a.storage_key, 'deleted', a.size_bytes, ${at},
          ${runId}, ${planId}, md5('plan') || md5('hash'), ${RETENTION_POLICY.version}, n.challenge_id,
          n.consent_event_id, n.id,
          jsonb_build_array(jsonb_build_object('submissionId', a.submission_id, 'artifactId', a.id, 'kind', a.kind,
            'challengeId', n.challenge_id, 'consentEventId', n.consent_event_id, 'noticeId', n.id))
        from artifacts a
        join notice_items item on item.submission_id = a.submission_id
        join notices n on n.id = item.notice_id
        where a.receipt_id is not null`,
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
    {
      what: 'how that cleanup fared with each challenge',
      statement: sql`
        insert into run_challenges (run_id, challenge_id, plan_id, tried)
        select run_id, challenge_id, plan_id, count(*) from receipts group by run_id, challenge_id, plan_id`,
    },
  ];
}
