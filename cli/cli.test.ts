import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { seedDemo } from '@/db/seed/demo';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { approvePlan } from '@/lib/deletion/approve-plan';
import { loadPlan } from '@/lib/deletion/load-plan';
import { runCleanupToEnd } from '@/lib/deletion/run-cleanup-to-end';
import type { Context } from '@/lib/people/context';
import { systemClock } from '@/lib/platform/clock';
import { log } from '@/lib/platform/log';
import { FolderStorage } from '@/lib/platform/storage/folder-storage';
import { version } from '../package.json';

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

let database: TestDatabase;
let dataDir: string;
let storage: FolderStorage;
/** A command that waits for 20 seconds, while the others are tested. */
let unbegun: Promise<Ended>;

beforeAll(async () => {
  database = await createTestDatabase();
  dataDir = await mkdtemp(path.join(os.tmpdir(), 'lapse-cli-'));
  storage = new FolderStorage(path.join(dataDir, 'objects'));
  await seedDemo({
    ownerUrl: database.ownerUrl,
    storage,
    now: new Date(),
    logsDir: path.join(dataDir, 'log-groups'),
  });
});
afterAll(async () => {
  await database.close();
  await rm(dataDir, { recursive: true, force: true });
});

function start(args: string[], environment: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, ['bin/run-typescript.mjs', 'cli/main.ts', ...args], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      TZ: 'Europe/Zurich',
      DATABASE_URL: database.url,
      LAPSE_DATA_DIR: dataDir,
      ...environment,
    } as unknown as NodeJS.ProcessEnv,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

async function lapse(
  args: string[],
  options: { env?: Record<string, string>; input?: string } = {},
): Promise<Ended> {
  const child = start(args, options.env);
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  child.stdin?.end(options.input ?? '');
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, stdout, stderr };
}

const lines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** Everything that a command could write to, but the audit log, which keeps refusals. */
async function contents() {
  const [row] = await database.db.execute(sql`
    select (select count(*)::int from plans) as plans, (select count(*)::int from plan_items) as items,
      (select count(*)::int from job_runs) as runs, (select count(*)::int from outbox) as outbox,
      (select count(*)::int from consent_events) as consents, (select count(*)::int from receipts) as receipts,
      (select count(*)::int from audit_events) as events,
      (select md5(string_agg(a::text, '' order by id)) from artifacts a) as artifacts,
      (select md5(string_agg(s::text, '' order by id)) from submissions s) as submissions`);
  return row;
}

// Each command is a process of its own, which takes seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

describe('E22: lapse status', () => {
  it('lists every challenge with its state in a sentence, without colours in a pipe', async () => {
    const { code, stdout, stderr } = await lapse(['status']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^22 challenges: /);
    expect(stdout).toContain('Crop Disease Detection 2026');
    expect(stdout).not.toContain('\u001b');
  });

  it('--json gives a line of JSON for each challenge', async () => {
    const { code, stdout } = await lapse(['status', '--json']);
    expect(code).toBe(0);
    const challenges = lines(stdout);
    expect(challenges).toHaveLength(22);
    expect(challenges.find((challenge) => challenge.id === 13)).toMatchObject({ state: 'held' });
  });

  it('--challenge-id shows one with its phases, in local time with UTC beside it', async () => {
    const { code, stdout } = await lapse(['status', '--challenge-id', '2']);
    expect(code).toBe(0);
    expect(stdout).toContain('Challenge 2, Marine Plastics Segmentation');
    expect(stdout).toContain('Phase 20, Validation');
    expect(stdout).toContain('a hold is in place');
    expect(stdout).toMatch(/CES?T \(\d\d:\d\d UTC\)/);
    const json = await lapse(['status', '--challenge-id', '2', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ id: 2, consent: { by: { username: 'hanna' } } });
  });

  it('ends with 4 for a challenge that does not exist, and with 2 for what is no id', async () => {
    expect(await lapse(['status', '--challenge-id', '999'])).toMatchObject({
      code: 4,
      stdout: '',
      stderr: expect.stringContaining('There is no challenge 999'),
    });
    const { code, stderr } = await lapse(['status', '--challenge-id=7e1']);
    expect(code).toBe(2);
    expect(stderr).toContain('"7e1" is not allowed: use a whole id from 1 to 2,147,483,647');
  });

  it('L4: shows the shorter period that is scheduled, with the day of its effect', async () => {
    const { code, stdout } = await lapse(['status', '--challenge-id', '10']);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /scheduled log_retention_days_override: 180 days -> 120 days; takes effect .*00:00 UTC/,
    );
    const json = await lapse(['status', '--challenge-id', '10', '--json']);
    expect(JSON.parse(json.stdout).overrideChanges).toMatchObject([
      { field: 'log_retention_days_override', oldDays: 180, newDays: 120, state: 'scheduled' },
    ]);
  });

  it('ends quietly when the reader of the pipe goes away', async () => {
    const child = start(['status', '--json']);
    let stderr = '';
    child.stderr?.on('data', (chunk) => {
      stderr += chunk;
    });
    child.stdout?.destroy();
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('B4: does not take a proof that does not hold for one that does when nobody reads what it says', async () => {
    const child = start(['audit', 'check-proof', '-']);
    child.stdout?.destroy();
    child.stdin?.end('{}');
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(5);
  });
});

describe('E22: lapse cleanup --dry-run', () => {
  it('lists the exact submissions, files and bytes with what is held back and why, and writes nothing', async () => {
    const before = await contents();
    const { code, stdout, stderr } = await lapse(['cleanup', '--dry-run', '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(await contents()).toEqual(before);

    const [plan, ...files] = lines(stdout);
    const going = files.filter((file) => file.willDelete);
    const keys = new Map(going.map((file) => [file.key, Number(file.sizeBytes ?? 0)]));
    expect(plan).toMatchObject({
      type: 'plan',
      dryRun: true,
      files: keys.size,
      submissions: new Set(going.map((file) => file.submissionId)).size,
      bytes: [...keys.values()].reduce((sum, size) => sum + size, 0),
    });
    expect(keys.size).toBeGreaterThan(200);
    const reasons = new Set(files.filter((file) => !file.willDelete).map((file) => file.reason));
    expect([...reasons]).toEqual(
      expect.arrayContaining(['held', 'still-active', 'shared-object', 'not-announced']),
    );
  });

  it('says the same to people, for one challenge', async () => {
    const { code, stdout } = await lapse(['cleanup', '--dry-run', '--challenge-id', '7']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Would be deleted: \d+ files \([\d.]+ kB\) of 6 submissions in 1 challenge\.\n/);
    expect(stdout).toContain('This was a dry run: nothing was written.');
    expect(stdout).toContain('Challenge 7, Traffic Sign Robustness');
    expect(stdout.match(/media\/submission_files\//g)?.length).toBeGreaterThan(20);
  });
});

describe('E22: lapse cleanup', () => {
  it('asks before it runs: without a terminal it needs --yes', async () => {
    const { code, stderr } = await lapse(['cleanup']);
    expect(code).toBe(2);
    expect(stderr).toContain('add --yes');
  });

  it('prints the id of its run, follows it to its end, and the files are gone', async () => {
    const child = start(['cleanup', '--challenge-id', '7', '--yes']);
    let stdout = '';
    let stderr = '';
    child.stderr?.on('data', (chunk) => {
      stderr += chunk;
    });
    const id = await new Promise<string>((resolve) => {
      child.stdout?.on('data', (chunk) => {
        stdout += chunk;
        const found = stdout.match(/^Run ([0-9a-f-]{36})/);
        if (found?.[1]) resolve(found[1]);
      });
    });
    // The job runner's part, in this process.
    const ctx = { db: database.db, clock: systemClock, storage, log, actor: { type: 'system', job: 'test' } };
    await runCleanupToEnd(ctx as unknown as Context, { jobRunId: id });
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toContain('To be deleted: ');
    expect(stdout).toMatch(/\d+ files \([\d.]+ kB\) deleted\./);
    const [row] = await database.db.execute<{ left: number; trigger: string; asker: string }>(sql`
      select (select count(*)::int from submissions s join challenge_phases p on p.id = s.phase_id
          where p.challenge_id = 7 and not s.is_artifact_deleted) as left,
        (select trigger from job_runs where id = ${id}) as trigger,
        (select requested_by->>'type' from job_runs where id = ${id}) as asker`);
    expect(row).toEqual({ left: 0, trigger: 'cli', asker: 'cli' });
  });

  it('says when nothing is due', async () => {
    const { code, stdout } = await lapse(['cleanup', '--yes', '--challenge-id', '7']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Nothing is due.\n' });
  });

  it('waits for somebody to begin its run', async () => {
    unbegun = lapse(['cleanup', '--yes', '--challenge-id', '14', '--json']);
    const queued = async () =>
      (await database.db.execute(sql`select from job_runs where trigger = 'cli' and state = 'queued'`))
        .length;
    await vi.waitFor(async () => expect(await queued()).toBe(1), { timeout: 30_000 });
  });
});

describe('B2: lapse cleanup above the limit', () => {
  it('leaves the plan for two admins, says who and where, and runs it once both have approved it', async () => {
    const setLimit = (files: number) =>
      database.db.execute(sql`insert into settings (name, value, updated_at)
        values ('approval.above-files', to_jsonb(${files}::int), now())
        on conflict (name) do update set value = excluded.value`);
    await setLimit(0);
    const left = await lapse(['cleanup', '--yes', '--challenge-id', '14'], {
      env: { NEXTAUTH_URL: 'https://lapse.example.org/' },
    });
    expect(left.code).toBe(3);
    const planId = left.stdout.match(/^Plan ([0-9a-f-]{36})\n$/)?.[1] ?? '';
    expect(left.stderr).toContain('needs a second admin. Nothing was deleted.');
    expect(left.stderr).toMatch(/by Ada [^,]+, Viktor [^,]+, at https:/);
    expect(left.stderr).toContain(`https://lapse.example.org/cleanup/plans/${planId}`);
    expect((await lapse(['cleanup', '--plan', planId, '--yes', '--json'])).code).toBe(3);

    const approveAs = async (username: string) => {
      const [person] = await database.db.execute<{ id: number }>(
        sql`select id from people where username = ${username}`,
      );
      const known = { username, displayName: username, timeZone: 'UTC', role: 'admin' };
      const actor = { type: 'user', personId: person?.id, ...known };
      const ctx = { db: database.db, clock: systemClock, storage, log, actor } as unknown as Context;
      const plan = await loadPlan(ctx, { planId });
      await approvePlan(ctx, { planId, hash: plan.hash, confirmation: plan.approval.confirmation });
    };
    await approveAs('ada');
    const still = await lapse(['cleanup', '--plan', planId, '--yes']);
    expect(still.code).toBe(3);
    expect(still.stderr).toContain('Two admins must approve it');
    expect(still.stderr).toMatch(/by Viktor [^,]+, at /);
    await approveAs('viktor');
    const child = start(['cleanup', '--plan', planId, '--yes']);
    const closed = new Promise((resolve) => child.once('close', resolve));
    const id = await new Promise<string>((resolve) => {
      child.stdout?.on('data', (chunk) => {
        const found = String(chunk).match(/^Run ([0-9a-f-]{36})/);
        if (found?.[1]) resolve(found[1]);
      });
    });
    const job = { db: database.db, clock: systemClock, storage, log, actor: { type: 'system', job: 'test' } };
    await runCleanupToEnd(job as unknown as Context, { jobRunId: id });
    expect(await closed).toBe(0);
    await setLimit(10_000);
  });

  it('--plan goes with neither --dry-run nor --challenge-id', async () => {
    const id = '0190c5a2-77f0-7d3c-9f5e-4b8f1f2a6c11';
    expect((await lapse(['cleanup', '--plan', id, '--dry-run'])).code).toBe(2);
    expect((await lapse(['cleanup', '--plan', id, '--yes'])).code).toBe(4);
  });
});

describe('E22: lapse consent', () => {
  it('E3: is refused unless the user is a host of the challenge, and the refusal is written down', async () => {
    for (const username of ['jonas', 'priya', 'ada']) {
      const { code, stderr } = await lapse(['consent', '1', username, '--yes']);
      expect([username, code]).toEqual([username, 3]);
      expect(stderr).not.toContain(' at ');
    }
    const [row] = await database.db.execute<{ refusals: number; given: boolean }>(sql`
      select (select count(*)::int from audit_events where action = 'consent.give' and target = 'challenge:1'
          and result = 'error' and actor like 'cli:%') as refusals,
        (select retention_policy_consent from challenges where id = 1) as given`);
    expect(row).toEqual({ refusals: 3, given: false });
    expect((await lapse(['consent', '1', 'nobody', '--yes'])).code).toBe(4);
    expect((await lapse(['consent', '999', 'hanna', '--yes'])).code).toBe(4);
  });

  it('needs --yes without a terminal, and then changes nothing', async () => {
    const { code, stderr } = await lapse(['consent', '1', 'hanna']);
    expect(code).toBe(2);
    expect(stderr).toContain('add --yes');
  });

  it('E7: gives and withdraws by the same command, in the name of the host, by the channel cli', async () => {
    const given = await lapse(['consent', '1', 'hanna', '--yes', '--notes', 'By telephone', '--json']);
    expect(given.code).toBe(0);
    expect(JSON.parse(given.stdout)).toMatchObject({ outcome: 'given', consentBy: { username: 'hanna' } });

    const again = await lapse(['consent', '1', 'hanna', '--yes']);
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('given already') });

    const withdrawn = await lapse(['consent', '1', 'hanna', '--withdraw', '--yes']);
    expect(withdrawn).toMatchObject({ code: 0, stdout: expect.stringContaining('Consent is withdrawn') });
    const rows = await database.db.execute(
      sql`select action, channel, notes, shown_text like 'Lapse showed no dialog%' as undialogued from consent_events where challenge_id = 1 order by sequence`,
    );
    expect([...rows]).toEqual([
      { action: 'given', channel: 'cli', notes: 'By telephone', undialogued: true },
      { action: 'withdrawn', channel: 'cli', notes: null, undialogued: true },
    ]);
    const none = await lapse(['consent', '1', 'hanna', '--withdraw', '--yes']);
    expect(none).toMatchObject({ code: 0, stdout: expect.stringContaining('no consent to withdraw') });
  });
});

describe('E22: lapse set-retention', () => {
  it('E13, L2: sets, tells the hosts and says from when on events expire; again changes nothing', async () => {
    const set = await lapse(['set-retention', '9']);
    expect(set).toMatchObject({ code: 0, stderr: '' });
    expect(set.stdout).toMatch(/^challenge-pk-9-production-workers: applied\. Each event is kept \d+ days/);
    expect(set.stdout).toMatch(/events begin to expire .*UTC\), each by its own age/);
    const json = JSON.parse((await lapse(['set-retention', '9', '--json'])).stdout);
    expect(json).toMatchObject({ challengeId: 9, override: null, logs: { state: 'applied', changed: null } });
    const status = await lapse(['status', '--challenge-id', '9']);
    expect(status.stdout).toContain('challenge-pk-9-production-workers: applied');
    const [log] = JSON.parse((await lapse(['status', '--challenge-id', '9', '--json'])).stdout).logs;
    expect(log).toMatchObject({ state: 'applied', appliedDays: json.logs.appliedDays });
  });

  it('L4: --days lengthens at once and schedules what is shorter, and says so', async () => {
    const longer = await lapse(['set-retention', '9', '--days', '700', '--reason', 'a paper']);
    expect(longer).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('has its own period of logs now'),
    });
    const shorter = await lapse(['set-retention', '9', '--days', '100']);
    expect(shorter.stdout).toMatch(/is scheduled: it holds 14 days after|waits for the approval/);
    expect(shorter.stdout).toContain('applied');
  });

  it('ends with 5 while the log group is missing, with 3 without consent, with 4 without the challenge', async () => {
    const pending = await lapse(['set-retention', '8']);
    expect(pending).toMatchObject({
      code: 5,
      stdout: expect.stringContaining('pending. There is no log group'),
    });
    expect(await lapse(['set-retention', '17'])).toEqual({
      code: 3,
      stdout: '',
      stderr: 'The hosts have not consented, so the logs are kept.\n',
    });
    expect((await lapse(['set-retention', '13'])).stderr).toContain('A hold is in place');
    expect((await lapse(['set-retention', '999'])).code).toBe(4);
    expect((await lapse(['set-retention', '9', '--environment', '../x'])).code).toBe(2);
    const off = await lapse(['set-retention', '9'], { env: { LAPSE_LOG_BACKEND: 'off' } });
    expect(off).toMatchObject({ code: 3, stderr: expect.stringContaining('switched off') });
  });

  it('L10: refuses a reason that nothing would keep', async () => {
    const { code, stderr } = await lapse(['set-retention', '9', '--reason', 'x']);
    expect(code).toBe(2);
    expect(stderr).toContain('reason: it is kept with a change of the days only');
  });

  it('L10: refuses days that are out of range, with the value and the range', async () => {
    const { code, stderr } = await lapse(['set-retention', '2', '--days=3654']);
    expect(code).toBe(2);
    expect(stderr).toContain('"3654" is not allowed: use a whole number of days from 1 to 3653');
  });
});

describe('E22: lapse people', () => {
  it('adds the first admin with a password from standard input', async () => {
    const args = [
      'people',
      'add',
      'root1',
      '--role',
      'admin',
      '--email',
      'r@example.org',
      '--name',
      'Root One',
    ];
    const added = await lapse([...args, '--password-stdin'], { input: 'correct horse battery\n' });
    expect(added).toMatchObject({ code: 0, stdout: 'root1 can sign in now, as admin.\n', stderr: '' });
    expect(await lapse([...args, '--password-stdin'], { input: 'correct horse battery\n' })).toMatchObject({
      code: 3,
    });
    expect(await lapse(args)).toMatchObject({ code: 2, stderr: expect.stringContaining('--password-stdin') });
  });

  it('does not say that somebody can sign in who has no way to', async () => {
    const args = ['people', 'add', 'sso1', '--role', 'host', '--email', 's@example.org', '--name', 'S'];
    const { code, stdout } = await lapse([...args, '--no-password']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^sso1 is added, as host, but cannot sign in yet: single sign-on is not set up/);
  });

  it('lists people, disables, enables and gives another role', async () => {
    expect((await lapse(['people', 'disable', 'root1', '--reason', 'left'])).stdout).toBe(
      'root1 is now disabled (admin).\n',
    );
    expect((await lapse(['people', 'enable', 'root1'])).stdout).toBe('root1 is now enabled (admin).\n');
    const role = await lapse(['people', 'role', 'root1', 'auditor', '--json']);
    expect(JSON.parse(role.stdout)).toEqual({
      username: 'root1',
      role: 'auditor',
      disabled: false,
      changed: true,
    });
    expect(await lapse(['people', 'role', 'root1', 'king'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('use one of host, admin, auditor'),
    });
    const listed = lines((await lapse(['people', 'list', '--json'])).stdout);
    expect(listed.map((person) => person.username)).toContain('root1');
    expect(JSON.stringify(listed)).not.toContain('argon2');
  });
});

describe('E22: lapse cleanup without a job runner', () => {
  it('says so when nobody has begun the run, which stays queued, and ends with 5', async () => {
    const { code, stdout, stderr } = await unbegun;
    expect(code).toBe(5);
    expect(stderr).toContain('No job runner seems to be running');
    expect(JSON.parse(stdout)).toMatchObject({ run: { state: 'queued' } });
  });
});

describe('E22: the command line', () => {
  it('says its version', async () => {
    expect(await lapse(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('O5: lapse jobs lists the last runs', async () => {
    const { code, stdout } = await lapse(['jobs', '--limit', '3']);
    expect(code).toBe(0);
    expect(stdout).toContain('Delete expired submission artifacts');
    expect(lines((await lapse(['jobs', '--json', '--limit', '3'])).stdout)).toHaveLength(3);
    expect((await lapse(['jobs', '--job', 'nothing'])).code).toBe(2);
  });

  it('makes a token that stands alone on standard output, lists and revokes it', async () => {
    const made = await lapse([
      'tokens',
      'create',
      '--name',
      'nightly',
      '--scope',
      'reports:read',
      'audit:read',
    ]);
    expect(made.code).toBe(0);
    expect(made.stdout).toMatch(/^lapse_[\w-]{43}\n$/);
    expect(made.stderr).toMatch(/^Token [0-9a-f-]{36} expires .*It is not shown again\.\n$/);
    const id = /[0-9a-f-]{36}/.exec(made.stderr)?.[0] ?? '';
    const [listed] = lines((await lapse(['tokens', 'list', '--json'])).stdout);
    expect(listed).toMatchObject({
      id,
      name: 'nightly',
      scopes: ['reports:read', 'audit:read'],
      state: 'usable',
    });
    expect((await lapse(['tokens', 'revoke', id])).code).toBe(0);
    expect((await lapse(['tokens', 'list'])).stdout).toBe('No token can be used.\n');
    const refused = await Promise.all([
      lapse(['tokens', 'create', '--name', 'x', '--scope', 'everything']),
      lapse(['tokens', 'create', '--name', 'x', '--scope', 'audit:read', '--days', '0']),
      lapse(['tokens', 'revoke', 'x']),
      lapse(['tokens', 'revoke', '01a1fc67-6d16-77fb-9ddc-1fb12e794e0f']),
    ]);
    expect(refused.map(({ code }) => code)).toEqual([2, 2, 2, 4]);
  });

  it('has help, with the exit codes', async () => {
    const { code, stdout } = await lapse(['--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('Exit codes:');
  });

  it('ends with 2 for a wrong command and a wrong option', async () => {
    const ended = await Promise.all([lapse(['destroy']), lapse(['status', '--everything']), lapse([])]);
    expect(ended.map(({ code }) => code)).toEqual([2, 2, 2]);
  });

  it('says plainly that the database cannot be reached, and more with --debug only', async () => {
    const env = { DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none' };
    const { code, stdout, stderr } = await lapse(['status'], { env });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^The database cannot be reached \(ECONNREFUSED\)[^\n]*\n$/);
    expect((await lapse(['--debug', 'status'], { env })).stderr).toContain('    at ');
    expect((await lapse(['status'], { env: { DATABASE_URL: '' } })).stderr).toContain(
      'DATABASE_URL is not set',
    );
  });
});
