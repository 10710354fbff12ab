import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { isNotNull } from 'drizzle-orm';
import { eventType } from 'inngest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { outbox } from '@/db/schema/jobs';
import { runnerRuns, runnerSteps } from '@/db/schema/runner';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { newId } from '@/lib/platform/ids';
import {
  EVENT_KEY,
  SIGNING_KEY,
  startTestApp,
  type TestApp,
  testClient,
  until,
} from './testing/runner-harness';

/** Every case here starts the real process and ends it for real. */
describe('the process of the runner', () => {
  let database: TestDatabase;
  let app: TestApp;
  let child: ChildProcess | undefined;
  const ran = new Map<string, number>();
  let hold: Promise<void> | undefined;

  beforeEach(async () => {
    ran.clear();
    hold = undefined;
    database = await createTestDatabase();
    const client = testClient();
    const fn = client.createFunction(
      { id: 'chain', triggers: [eventType('test/go')] },
      async ({ event, step }) => {
        for (const name of ['a', 'b', 'c']) {
          await step.run(name, async () => {
            const key = `${event.data.n}/${name}`;
            ran.set(key, (ran.get(key) ?? 0) + 1);
            if (name === 'b') await hold;
          });
        }
        return event.data.n;
      },
    );
    app = await startTestApp(client, [fn]);
  });

  afterEach(async () => {
    child?.kill('SIGKILL');
    await app.close();
    await database.close();
  });

  async function startProcess(): Promise<ChildProcess> {
    const port = await freePort();
    const started = spawn(process.execPath, ['bin/run-typescript.mjs', 'inngest/embedded/main.ts'], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: {
        ...process.env,
        LOG_LEVEL: 'silent',
        DATABASE_URL: database.url,
        NEXTAUTH_URL: app.origin,
        INNGEST_BASE_URL: `http://127.0.0.1:${port}`,
        INNGEST_SIGNING_KEY: SIGNING_KEY,
        INNGEST_EVENT_KEY: EVENT_KEY,
        LAPSE_RUNNER: 'embedded',
      },
    });
    child = started;
    await until('its health', async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined);
      return answer?.ok;
    });
    return started;
  }

  const ask = (count: number) =>
    database.db.insert(outbox).values(
      Array.from({ length: count }, (_, n) => ({
        id: newId(),
        name: 'test/go',
        data: { n },
        createdAt: new Date(),
      })),
    );

  async function kill(victim: ChildProcess) {
    victim.kill('SIGKILL');
    await once(victim, 'exit');
    // As if the time of the leases had passed.
    await database.owner.db
      .update(runnerSteps)
      .set({ leaseUntil: new Date(0) })
      .where(isNotNull(runnerSteps.leaseUntil));
  }

  const outputs = (count: number) =>
    until(
      `${count} completed runs`,
      async () => {
        const runs = await database.db.select().from(runnerRuns);
        const done = runs.filter((run) => run.state === 'completed').map((run) => Number(run.output));
        return runs.length === count && done.length === count && done.sort((a, b) => a - b);
      },
      45_000,
    );

  it('L9: killed within a step, goes on with that step and does not repeat those before it', async () => {
    let release = () => {};
    hold = new Promise((resolve) => {
      release = resolve;
    });
    const first = await startProcess();
    await ask(1);
    await until('step b', () => ran.has('0/b'));
    await kill(first);
    hold = undefined;
    release();
    await startProcess();
    expect(await outputs(1)).toEqual([0]);
    expect(Object.fromEntries(ran)).toEqual({ '0/a': 1, '0/b': 2, '0/c': 1 });
  }, 60_000);

  it('L9: killed again and again at any instant, loses no run and begins none twice', async () => {
    await ask(12);
    for (const lived of [150, 300, 500]) {
      const victim = await startProcess();
      await new Promise((resolve) => setTimeout(resolve, lived));
      await kill(victim);
    }
    await startProcess();
    expect(await outputs(12)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(ran.size).toBe(36);
  }, 90_000);

  it('ends by itself when its supervisor is gone, and on SIGTERM', async () => {
    const orphan = await startProcess();
    orphan.disconnect();
    expect(await once(orphan, 'exit')).toEqual([0, null]);
    const asked = await startProcess();
    asked.kill('SIGTERM');
    expect(await once(asked, 'exit')).toEqual([0, null]);
  }, 60_000);
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
