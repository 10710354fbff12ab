import { afterEach, beforeEach, expect, it } from 'vitest';
import { runnerEvents, runnerRuns } from '@/db/schema/runner';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { addDays, systemClock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { log } from '@/lib/platform/log';
import { pruneRunner } from './prune';
import { DEFAULT_SETTINGS } from './runner-context';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.close());

it('what is over for 30 days is forgotten; what goes on never is', async () => {
  const now = systemClock.now();
  const run = async (id: string, days: number, state: 'running' | 'completed') => {
    const at = addDays(now, -days);
    const payload = { id, name: 'test/go', data: {}, ts: at.getTime() };
    await database.db.insert(runnerEvents).values({ id, name: payload.name, payload, receivedAt: at });
    await database.db.insert(runnerRuns).values({
      id: newId(),
      functionId: 'test-go',
      eventId: id,
      state,
      createdAt: at,
      finishedAt: state === 'completed' ? at : null,
    });
  };
  await run('old', 31, 'completed');
  await run('young', 29, 'completed');
  await run('old-and-open', 31, 'running');
  await pruneRunner({
    db: database.db,
    clock: systemClock,
    log,
    app: { serveUrl: '', signingKey: '' },
    functions: new Map(),
    settings: DEFAULT_SETTINGS,
  });
  const events = await database.db.select().from(runnerEvents).orderBy(runnerEvents.id);
  expect(events.map((event) => event.id)).toEqual(['old-and-open', 'young']);
  expect(await database.db.select().from(runnerRuns)).toHaveLength(2);
});
