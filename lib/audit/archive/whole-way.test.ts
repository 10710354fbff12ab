import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pruneArchived } from '../prune/prune-hot';
import { pushEvents } from '../push/push-events';
import { type TierWorld, tierWorld } from '../testing/tier-world';
import { verifyFolder } from '../verify/verify-folder';
import { verifyLive } from '../verify/verify-live';
import { archiveDue } from './archive-due';
import { compactDue } from './compact-due';
import { removeDue } from './remove-due';
import { restoreArchive } from './restore';

let w: TierWorld;
beforeEach(async () => {
  w = await tierWorld('2026-08-10T10:00:00.007Z');
});
afterEach(() => w.close());

interface Recorded {
  eventID: string;
  '@timestamp': string;
  eventName: string;
  userIdentity?: { arn?: string };
  sourceIPAddress?: string;
  errorCode?: string;
  errorMessage?: string;
}

/** As a program would push what CloudTrail recorded: the whole record is its value. */
function pushed(line: string): string {
  const record: Recorded = JSON.parse(line);
  return JSON.stringify({
    id: record.eventID,
    time_started: record['@timestamp'],
    action: record.eventName,
    actor: record.userIdentity?.arn ?? 'unknown',
    actor_details: record.userIdentity ?? {},
    target: record.sourceIPAddress ?? null,
    new_value: record,
    result: record.errorCode === undefined ? 'success' : 'error',
    ...(record.errorCode !== undefined && { error: record.errorMessage ?? record.errorCode }),
  });
}

/** Every column as it is stored, as text that keeps each byte. */
const stored = async () => {
  const rows = await w.database.sql`
    select stream, id::text, audit_encoded_time(time_started) as time_started, audit_encoded_time(time_completed) as time_completed,
      result::text, action, actor, actor_details::text, target, old_value::text, new_value::text, reason, error
    from audit_events where stream = 'cloudtrail' order by id`;
  return rows.map((row) => ({ ...row }));
};

test('T2, T3, L5: recorded events go all the way from a push to a monthly archive and back, byte for byte', async () => {
  const lines = (await readFile('lib/audit/testing/cloudtrail.ndjson', 'utf8')).trimEnd().split('\n');
  const half = Math.ceil(lines.length / 2);
  const permissions = new Set(['audit-events.write' as const]);
  const pusher = w.s.as({
    type: 'token',
    tokenId: '01990000-0000-7000-8000-000000000001',
    name: 'collector',
    permissions,
    actsFor: null,
  });
  for (const [day, some] of [lines.slice(0, half), lines.slice(half)].entries()) {
    w.s.clock.set(`2026-08-1${day}T10:00:00.007Z`);
    const done = await pushEvents(pusher, { stream: 'cloudtrail', events: some.map(pushed) });
    expect(done.results.filter(({ outcome }) => outcome !== 'stored')).toEqual([]);
    w.s.clock.set(`2026-08-1${day}T12:00:00Z`);
    await w.seal(10);
  }
  const before = await stored();
  expect(before).toHaveLength(lines.length);

  w.s.clock.set('2026-08-12T12:00:00Z');
  await w.insert(1, '2026-08-12T11:00:00Z');
  await w.seal();
  expect(await archiveDue(w.ctx, { folder: w.folder })).toMatchObject({
    archived: [{ day: '2026-08-10' }, { day: '2026-08-11' }],
    failed: [],
  });
  w.s.clock.set('2026-09-20T12:00:00Z');
  await pruneArchived(w.ctx, { keys: w.keys });
  expect(await stored()).toEqual([]);
  w.s.clock.set('2026-10-20T12:00:00Z');
  expect(await compactDue(w.ctx, { warmDays: 30, folder: w.folder })).toMatchObject({
    compacted: [{ month: '2026-08', archives: 2 }],
    failed: [],
  });
  expect(await removeDue(w.ctx, { folder: w.folder })).toMatchObject({ removed: [{ archives: 2 }] });

  const reader = { ...w.s.as({ type: 'cli', osUser: 'root' }), storage: w.ctx.storage };
  const [file, ...others] = await restoreArchive(reader, {
    what: { month: '2026-08-01' },
    folder: path.join(w.folder, '..', 'restored'),
    format: 'ndjson',
  });
  expect(others).toEqual([]);
  const text = await readFile(file?.file ?? '', 'utf8');
  const restored = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ stream }) => stream === 'cloudtrail')
    .map(({ segment: _, leaf: __, ...event }) => event)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  expect(restored).toEqual(before);
  // And they are what AWS recorded.
  const records = restored.map(({ new_value }) => JSON.parse(new_value));
  const byId = (a: Recorded, b: Recorded) => (a.eventID < b.eventID ? -1 : 1);
  expect(records.sort(byId)).toEqual(lines.map((line) => JSON.parse(line)).sort(byId));
  expect((await verifyFolder(w.objects)).problems).toEqual([]);
  expect((await verifyLive(reader)).problems).toEqual([]);
});
