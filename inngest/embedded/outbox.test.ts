import { eq, isNull } from 'drizzle-orm';
import { eventType } from 'inngest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { outbox } from '@/db/schema/jobs';
import { runnerRuns } from '@/db/schema/runner';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { systemClock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { drainOutbox } from './outbox';
import { startTestApp, startTestRunner, testClient, until } from './testing/runner-harness';

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.close());

async function write(count: number, data: Record<string, unknown> = {}) {
  const rows = Array.from({ length: count }, (_, n) => ({
    id: newId(),
    name: 'test/go',
    data: { n, ...data },
    createdAt: new Date(),
  }));
  await database.db.insert(outbox).values(rows);
  return rows.map((row) => row.id);
}

const drainer = (send: (event: { id: string }) => Promise<unknown>) => ({
  db: database.db,
  clock: systemClock,
  sender: { send },
});

describe('the outbox', () => {
  it('is sent in order, each row once, by drainers that work at the same time', async () => {
    const ids = await write(20);
    const sent: string[] = [];
    const send = async ({ id }: { id: string }) => {
      await new Promise((resolve) => setTimeout(resolve, 2));
      sent.push(id);
    };
    const counts = await Promise.all([1, 2, 3].map(() => drainOutbox(drainer(send))));
    expect(counts.reduce((sum, count) => sum + count.sent, 0)).toBe(20);
    expect([...sent].sort()).toEqual([...ids].sort());
    expect(await database.db.select().from(outbox).where(isNull(outbox.sentAt))).toEqual([]);
  });

  it('keeps what could not be sent, with the error, and lets it hold up nothing else', async () => {
    const [bad = '', ...good] = await write(3);
    const sent: string[] = [];
    const count = await drainOutbox(
      drainer(async ({ id }) => {
        if (id === bad) throw new Error('refused');
        sent.push(id);
      }),
    );
    expect(count).toEqual({ sent: 2, failed: 1 });
    expect(sent).toEqual(good);
    const [row] = await database.db.select().from(outbox).where(eq(outbox.id, bad));
    expect(row).toMatchObject({ sentAt: null, attempts: 1, lastError: 'refused' });
  });

  it('begins one run for each id, also when the drainer died after sending and before marking', async () => {
    let ran = 0;
    const client = testClient();
    const fn = client.createFunction({ id: 'go', triggers: [eventType('test/go')] }, async () => {
      ran += 1;
    });
    const app = await startTestApp(client, [fn]);
    const running = await startTestRunner(database.db, app);
    try {
      await until('the discovery', () => running.runner.ready);
      await write(5);
      await drainOutbox(drainer((event) => running.client.send(event as never)));
      await database.db.update(outbox).set({ sentAt: null });
      await drainOutbox(drainer((event) => running.client.send(event as never)));
      await until('5 runs', async () => {
        const runs = await database.db.select().from(runnerRuns);
        return runs.length === 5 && runs.every((run) => run.state === 'completed');
      });
      expect(ran).toBe(5);
    } finally {
      await running.stop();
      await app.close();
    }
  });
});
