import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { anonymousFacts } from '@/lib/anonymous/facts';
import { applyAllLogRetention } from '@/lib/logs/apply-all-log-retention';
import { challengesDueForNotice } from '@/lib/notices/due-challenges';
import type { Context } from '@/lib/people/context';
import { verifyPassword } from '@/lib/people/password';
import { fixedClock } from '@/lib/platform/clock';
import { log } from '@/lib/platform/log';
import { FolderLogStore } from '@/lib/platform/log-store/folder-log-store';
import { FolderStorage } from '@/lib/platform/storage/folder-storage';
import { retentionFacts } from '@/lib/retention/facts';
import { REASONS } from '@/lib/retention/reasons';
import { recomputeDatesOf } from '@/lib/retention/recompute-dates';
import { recordingMailer } from '@/lib/retention/testing/scenario';
import { DEMO_MARKER, seedDemo } from './demo';

// A Tuesday, and a Monday within minutes of the notices job: the history must be sound on both.
const TUESDAY = new Date('2026-11-17T15:30:00Z');
const MONDAY = new Date('2026-03-02T10:03:00Z');

// Filling in takes a second, and many on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

interface Filled {
  database: TestDatabase;
  storage: FolderStorage;
  folder: string;
}

async function filledAt(now: Date): Promise<Filled> {
  const database = await createTestDatabase();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'lapse-demo-'));
  const storage = new FolderStorage(path.join(folder, 'objects'));
  await seedDemo({ ownerUrl: database.ownerUrl, storage, now, logsDir: path.join(folder, 'log-groups') });
  return { database, storage, folder };
}

async function discard({ database, folder }: Filled) {
  await database.close();
  await rm(folder, { recursive: true, force: true });
}

const reasonsAt = (database: TestDatabase, now: Date) =>
  database.db.execute<{ challenge_id: number; submission_id: number; reason: string }>(
    sql`select challenge_id, submission_id::float8, reason from (${retentionFacts(now, sql`not s.is_artifact_deleted`)}) facts`,
  );

describe.each([
  ['on a Tuesday', TUESDAY],
  ['minutes after the notices job', MONDAY],
])('the demo, filled %s', (_name, now) => {
  let demo: Filled;
  beforeAll(async () => {
    demo = await filledAt(now);
  });
  afterAll(() => discard(demo));

  it('E4 E5 E6: shows every reason for which a submission goes or stays', async () => {
    const found = new Set((await reasonsAt(demo.database, now)).map((row) => row.reason));
    // A notice that is too recent moves the date as well, so 'not-due' always speaks first.
    const expected = Object.keys(REASONS).filter((reason) => reason !== 'announced-too-recently');
    expect([...found].sort()).toEqual(expected.sort());
  });

  it('E13: has logs in several states, as the job would have left them: it finds nothing to do', async () => {
    const logs = new FolderLogStore({
      root: path.join(demo.folder, 'log-groups'),
      environment: 'production',
    });
    const ctx: Context = {
      db: demo.database.db,
      clock: fixedClock(now),
      storage: demo.storage,
      logs,
      mailer: recordingMailer(),
      log,
      actor: { type: 'system', job: 'apply-log-retention' },
    };
    const states = await demo.database.db.execute<{ state: string; count: number }>(
      sql`select state::text, count(*)::int as count from log_groups group by 1 order by 1`,
    );
    expect([...states]).toEqual([
      { state: 'applied', count: 4 },
      { state: 'pending', count: 1 },
    ]);
    const { done } = await applyAllLogRetention(ctx);
    expect(done).toMatchObject({ set: 0, removed: 0, failed: 0, filesExpired: 0 });
  });

  it('E2: has submissions in all ten statuses and artifacts in every settled state', async () => {
    const statuses = await demo.database.db.execute(sql`select distinct status from submissions`);
    expect(statuses).toHaveLength(10);
    const states = await demo.database.db.execute<{ state: string }>(
      sql`select distinct state::text from artifacts order by 1`,
    );
    expect(states.map((row) => row.state)).toEqual(['deleted', 'failed', 'present']);
  });

  it('E3: has members of every status and permission', async () => {
    const rows = await demo.database.db.execute(
      sql`select (select count(distinct status) from host_team_members)::int as statuses, (select count(distinct permission) from host_team_members)::int as permissions`,
    );
    expect(rows[0]).toEqual({ statuses: 5, permissions: 4 });
  });

  it('E17: holds no date that the rule would change', async () => {
    const ids = await demo.database.db.execute<{ id: number }>(sql`select id from challenges`);
    expect(
      await recomputeDatesOf(
        demo.database.db,
        ids.map((row) => row.id),
        now,
      ),
    ).toBe(0);
  });

  it('L1 L2: deleted nothing without a consent and a notice that is 14 days older', async () => {
    const [row] = await demo.database.db.execute<{ receipts: number; sound: number }>(sql`
      select count(*)::int as receipts,
        count(*) filter (where e.action = 'given' and e.at < n.sent_at and n.sent_at + interval '14 days' <= r.deleted_at)::int as sound
      from receipts r
      left join consent_events e on e.id = r.consent_event_id and e.challenge_id = r.challenge_id
      left join notices n on n.id = r.notice_id and n.state = 'sent' and n.challenge_id = r.challenge_id
      where r.source = 'submission-artifacts'`);
    expect(row?.receipts).toBeGreaterThan(50);
    expect(row?.sound).toBe(row?.receipts);
  });

  it('E10: keeps exactly the objects that its rows call present, with their true sizes', async () => {
    const rows = await demo.database.db.execute<{
      key: string;
      size: number | null;
      submissions: number;
    }>(sql`
      select a.storage_key as key, max(a.size_bytes)::float8 as size, count(*)::int as submissions
      from artifacts a join submissions s on s.id = a.submission_id
      join challenge_phases p on p.id = s.phase_id join challenges c on c.id = p.challenge_id
      where a.state <> 'deleted' and not c.use_host_credentials
      group by a.storage_key`);
    const stored = new Map<string, number>();
    for await (const object of demo.storage.list({ prefix: 'media/' }))
      stored.set(object.key, object.sizeBytes);

    const absent = rows.filter((row) => !stored.has(row.key));
    expect(absent).toHaveLength(1);
    expect(rows.length - absent.length).toBe(stored.size);
    const wrong = rows.filter(
      (row) => row.size !== null && stored.has(row.key) && stored.get(row.key) !== row.size,
    );
    expect(wrong).toEqual([]);
    expect(rows.filter((row) => row.submissions === 2)).toHaveLength(2);
  });

  it('R2: shows every reason for which a transcript stays or goes, and deleted what was due before', async () => {
    const rows = await demo.database.db.execute<{ reason: string; count: number }>(sql`
      select reason, count(*)::int as count from (${anonymousFacts(now, sql`true`)}) facts group by reason order by reason`);
    expect(Object.fromEntries(rows.map(({ reason, count }) => [reason, count]))).toEqual({
      due: 5,
      held: 1,
      'no-creation-time': 2,
      'not-old-enough': 10,
      owned: 9,
      'policy-too-new': 11,
    });
    const runs = await demo.database.db.execute<{ summary: string }>(
      sql`select summary from job_runs where job = 'cleanup-anonymous-data' order by created_at`,
    );
    expect(runs).toHaveLength(5);
    expect(runs[0]?.summary).toContain('2 transcripts');
    expect(new Set(runs.slice(1).map(({ summary }) => summary)).size).toBe(1);
    const [left] = await demo.database.db.execute(sql`
      select (select count(*)::int from meetings) as meetings, (select count(*)::int from recordings) as recordings,
        (select count(*)::int from meeting_consents) as consents,
        (select count(*)::int from receipts where source = 'anonymous-data') as receipts`);
    expect(left).toEqual({ meetings: 3, recordings: 3, consents: 8, receipts: 7 });
  });

  it('R3: keeps exactly the files that transcripts, recordings and meetings name', async () => {
    const rows = await demo.database.db.execute<{ key: string; size: number | null }>(
      sql`select storage_key as key, size_bytes::float8 as size from anonymous_files where state <> 'deleted'`,
    );
    const stored = new Map<string, number>();
    for await (const { key, sizeBytes } of demo.storage.list()) {
      if (!key.startsWith('media/')) stored.set(key, sizeBytes);
    }
    expect(rows.map(({ key }) => key).sort()).toEqual([...stored.keys()].sort());
    expect(rows.filter(({ key, size }) => size !== null && size !== stored.get(key))).toEqual([]);
  });

  it('gives a cleanup something to do: hundreds of files of some forty submissions', async () => {
    const due = (await reasonsAt(demo.database, now)).filter((row) => row.reason === 'retention-period-over');
    expect(due.length).toBeGreaterThan(40);
    const [row] = await demo.database.db.execute<{ files: number }>(sql`
      select count(distinct storage_key)::int as files from artifacts
      where submission_id in (${sql.join(
        due.map((item) => sql`${item.submission_id}::bigint`),
        sql`, `,
      )})`);
    expect(row?.files).toBeGreaterThan(250);
  });

  it('E16: leaves the next notices job one new challenge to announce, and one whose mail failed', async () => {
    expect(await challengesDueForNotice(demo.database.db, now)).toEqual([3, 21]);
  });

  it('L4: has one shorter period that is scheduled, and told to its hosts 14 days before', async () => {
    const rows = await demo.database.db.execute<Record<string, unknown>>(sql`
      select challenge_id, old_days, new_days, state, jsonb_array_length(recipients) > 0 as told,
        takes_effect_at >= announced_at + interval '14 days' and takes_effect_at > ${now.toISOString()} as ahead,
        (impact ->> 'submissions')::int as submissions
      from override_changes`);
    expect(rows).toEqual([
      {
        challenge_id: 10,
        old_days: 180,
        new_days: 120,
        state: 'scheduled',
        told: true,
        ahead: true,
        submissions: 6,
      },
    ]);
  });

  it('T1 T2: asks once for the audit log to be sealed and archived, and the runner to do so', async () => {
    const rows = await demo.database.db.execute<Record<string, unknown>>(sql`
      select o.name, r.job, r.state from outbox o join job_runs r on r.id::text = o.data ->> 'jobRunId'
      where o.sent_at is null`);
    expect([...rows]).toEqual([
      { name: 'lapse/audit-archiving.requested', job: 'archive-audit-log', state: 'queued' },
    ]);
  });

  it('tells nothing of the future, and no notice to a submission twice for one date', async () => {
    const [row] = await demo.database.db.execute(sql`
      select (select count(*)::int from consent_events where at > ${now.toISOString()}) as consents,
        (select count(*)::int from notices where created_at > ${now.toISOString()}) as notices,
        (select count(*)::int from job_runs where finished_at > ${now.toISOString()}::timestamptz + interval '1 minute') as runs,
        (select count(*)::int from submissions where submitted_at > ${now.toISOString()}) as submissions,
        (select count(*)::int from (select 1 from notice_items group by submission_id, announced_date having count(*) > 1) twice) as twice`);
    expect(row).toEqual({ consents: 0, notices: 0, runs: 0, submissions: 0, twice: 0 });
  });
});

describe('seedDemo', () => {
  it('makes the same rows and the same objects each time', async () => {
    const [one, two] = [await filledAt(TUESDAY), await filledAt(TUESDAY)];
    const digest = async ({ database }: Filled) => {
      const [row] = await database.db.execute(sql`
        select md5(string_agg(x, '|' order by x)) as digest from (
          select to_jsonb(t)::text as x from challenges t
          union all select to_jsonb(t)::text from submissions t
          union all select to_jsonb(t)::text from artifacts t
          union all select (to_jsonb(t) - 'sequence')::text from consent_events t
          union all select to_jsonb(t)::text from notices t
          union all select to_jsonb(t)::text from notice_items t
          union all select to_jsonb(t)::text from receipts t
          union all select to_jsonb(t)::text from plans t
          union all select to_jsonb(t)::text from job_runs t
          union all select to_jsonb(t)::text from override_changes t
          union all select to_jsonb(t)::text from audit_events t
          union all select to_jsonb(t)::text from transcripts t
          union all select to_jsonb(t)::text from anonymous_files t
          union all select to_jsonb(t)::text from public_policies t
          union all select to_jsonb(t)::text from meeting_consents t
          union all select (to_jsonb(t) - 'password_hash')::text from people t
        ) rows`);
      return row;
    };
    expect(await digest(one)).toEqual(await digest(two));
    await Promise.all([discard(one), discard(two)]);
  });

  it('changes nothing in a database that has it, and lets its people sign in', async () => {
    const demo = await filledAt(TUESDAY);
    const marker = () =>
      demo.database.db.execute(sql`select value from settings where name = ${DEMO_MARKER}`);
    const before = await marker();
    const { filled, signIns } = await seedDemo({
      ownerUrl: demo.database.ownerUrl,
      storage: demo.storage,
      now: new Date('2027-01-01T00:00:00Z'),
    });
    expect(filled).toBe(false);
    expect(await marker()).toEqual(before);
    const hanna = signIns.find((signIn) => signIn.username === 'hanna');
    const [row] = await demo.database.db.execute<{ password_hash: string }>(
      sql`select password_hash from people where username = 'hanna'`,
    );
    expect(await verifyPassword(row?.password_hash ?? null, hanna?.password ?? '')).toBe(true);
    await discard(demo);
  });

  it('refuses a database that has something else', async () => {
    const database = await createTestDatabase();
    await database.owner.sql`insert into host_teams (team_name) values ('Somebody')`;
    const storage = new FolderStorage(path.join(os.tmpdir(), 'lapse-demo-never'));
    await expect(seedDemo({ ownerUrl: database.ownerUrl, storage, now: TUESDAY })).rejects.toThrow(
      'this one has 1 host teams',
    );
    await database.close();
  });

  it('is done again, whole, after a fill that was cut off', async () => {
    const database = await createTestDatabase();
    const folder = await mkdtemp(path.join(os.tmpdir(), 'lapse-demo-'));
    const storage = new FolderStorage(path.join(folder, 'objects'));
    let writes = 0;
    const failing = Object.create(storage, {
      put: {
        value: async (key: string, body: Uint8Array) => {
          writes += 1;
          if (writes > 100) throw new Error('the plug was pulled');
          await storage.put(key, body);
        },
      },
      prepare: { value: () => storage.prepare() },
    }) as FolderStorage;
    await expect(seedDemo({ ownerUrl: database.ownerUrl, storage: failing, now: MONDAY })).rejects.toThrow(
      'plug',
    );

    await seedDemo({ ownerUrl: database.ownerUrl, storage, now: TUESDAY });
    let objects = 0;
    for await (const _object of storage.list({ prefix: 'media/' })) objects += 1;
    const [row] = await database.db.execute<{ objects: number }>(sql`
      select count(distinct storage_key)::int as objects from artifacts a
      join submissions s on s.id = a.submission_id join challenge_phases p on p.id = s.phase_id
      join challenges c on c.id = p.challenge_id where a.state <> 'deleted' and not c.use_host_credentials`);
    expect(objects).toBe((row?.objects ?? 0) - 1);
    await database.close();
    await rm(folder, { recursive: true, force: true });
  });
});
