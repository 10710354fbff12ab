import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Context } from '@/lib/people/context';
import { archiveDue } from '../archive/archive-due';
import type { EventFilterInput } from '../event-filter';
import { eventDocument } from '../event-wire';
import { listAuditEvents, loadAuditEvent } from '../list-events';
import { pruneArchived } from '../prune/prune-hot';
import { pushEvents } from '../push/push-events';
import { type TierWorld, tierWorld } from '../testing/tier-world';
import { eventProof } from '../verify/event-proof';
import { checkProof } from '../verify/proof';

interface CloudTrailEvent {
  eventID: string;
  '@timestamp': string;
  eventName: string;
  errorMessage?: string;
  errorCode?: string;
  userIdentity?: { arn?: string };
  eventSource: string;
}

const STREAM = 'cloudtrail';
const FILTERS: EventFilterInput[] = [
  { stream: STREAM },
  { stream: STREAM, actor: 'arn:aws:iam::123456789123:user/pedro' },
  { stream: STREAM, action: 'GetObject' },
  { stream: STREAM, words: 'pedro' },
  { stream: STREAM, words: 'console.ec2.amazonaws.com DescribeInstances' },
  { stream: STREAM, words: 'i-044b1baf4c96e1b62' },
  { stream: STREAM, from: '2020-09-14T00:50:00Z', to: '2020-09-14T01:00:00Z' },
];

let w: TierWorld;
let auditor: Context;
beforeAll(async () => {
  w = await tierWorld('2026-09-10T09:00:00Z');
  auditor = { ...w.s.as(await w.s.person({ role: 'auditor' })), storage: w.ctx.storage };
});
afterAll(() => w.close());

/** As a collector would push it: the whole record as it is, and what one looks for by name. */
function pushed(line: string): string {
  const event: CloudTrailEvent = JSON.parse(line);
  const failed = event.errorCode !== undefined;
  return `{"id": ${JSON.stringify(event.eventID)}, "time_started": ${JSON.stringify(event['@timestamp'])},
    "action": ${JSON.stringify(event.eventName)}, "actor": ${JSON.stringify(event.userIdentity?.arn ?? 'unknown')},
    "target": ${JSON.stringify(event.eventSource)}, "result": "${failed ? 'error' : 'success'}",
    "error": ${JSON.stringify(failed ? (event.errorMessage ?? event.errorCode) : null)}, "new_value": ${line}}`;
}

/** What the API says, as it is sent. */
async function answers(): Promise<string[]> {
  const said = [];
  for (const filter of FILTERS) {
    const documents = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof listAuditEvents>> = await listAuditEvents(auditor, {
        ...filter,
        limit: 10,
        ...(cursor ? { cursor } : {}),
      });
      documents.push(...page.events.map(eventDocument));
      cursor = page.nextCursor;
    } while (cursor);
    said.push(JSON.stringify(documents));
  }
  return said;
}

test('B5, T3: recorded events of AWS are found after they were archived and pruned as before, byte for byte', async () => {
  const lines = (await readFile('lib/audit/testing/cloudtrail.ndjson', 'utf8')).trimEnd().split('\n');
  const result = await pushEvents(w.s.as({ type: 'cli', osUser: 'root' }), {
    stream: STREAM,
    events: lines.map(pushed),
  });
  expect(result).toMatchObject({ refused: 0 });
  const before = await answers();
  expect(before.map((each) => JSON.parse(each).length > 0)).toEqual(FILTERS.map(() => true));
  const [oldest] = JSON.parse(before[0]!).toReversed();
  w.s.clock.set('2026-09-10T09:30:00Z');
  // What follows closes the window of these events, and then their day.
  await w.insert(40, '2026-09-10T09:10:00Z');
  await w.insert(1, '2026-11-20T10:00:00Z');
  w.s.clock.set('2026-11-21T09:00:00Z');
  await w.seal(lines.length);
  const { id } = oldest;
  const proof = await eventProof(auditor, { id });
  expect(await archiveDue(w.ctx, { folder: w.folder })).toMatchObject({ failed: [] });
  expect(await answers()).toEqual(before);
  await pruneArchived(w.ctx, { keys: w.keys, ownerUrl: w.database.ownerUrl });
  expect(await w.rows("stream = 'cloudtrail'")).toEqual([]);
  expect(await answers()).toEqual(before);
  const { searched } = await listAuditEvents(auditor, { stream: STREAM });
  expect(searched).toMatchObject({
    tiers: ['hot', 'warm'],
    archives: [{ period: '2026-09-10' }],
    unreachable: [],
  });
  expect(await loadAuditEvent(auditor, { id })).toMatchObject({ id, tier: 'warm' });
  expect(await eventProof(auditor, { id })).toEqual(proof);
  expect(checkProof(proof)).toMatchObject({ holds: true, event: { id } });
});
