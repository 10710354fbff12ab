import { eventType, type Inngest, NonRetriableError, RetryAfterError } from 'inngest';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runnerRuns, runnerSteps } from '@/db/schema/runner';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { discoverFunctions } from './app-client';
import type { RunnerSettings } from './runner-context';
import { startTestApp, startTestRunner, type TestApp, type TestRunner, testClient, until } from './testing';

const go = eventType('test/go');

let database: TestDatabase;
let app: TestApp;
let running: TestRunner;

beforeEach(async () => {
  database = await createTestDatabase();
});

afterEach(async () => {
  await running?.stop();
  await app?.close();
  await database.close();
});

type Make = (client: Inngest.Any) => ReturnType<Inngest.Any['createFunction']>[];

async function start(make: Make, settings: Partial<RunnerSettings> = {}) {
  app = await startTestApp(testClient(), make(testClient()));
  running = await startTestRunner(database.db, app, settings);
  await until('the discovery', () => running.runner.ready);
}

const send = (name: string, data = {}, id?: string) =>
  running.client.send({ name, data, ...(id ? { id } : {}) });
const runs = () => database.db.select().from(runnerRuns).orderBy(runnerRuns.id);
const ended = (count = 1) =>
  until(`${count} ended runs`, async () => {
    const all = await runs();
    return all.filter((run) => run.state !== 'running').length >= count && all;
  });

describe('steps', () => {
  it('run once each and are remembered', async () => {
    const calls: string[] = [];
    await start((client) => [
      client.createFunction({ id: 'steps', triggers: [go] }, async ({ event, step, runId }) => {
        const a = await step.run('a', () => {
          calls.push('a');
          return { n: event.data.n, none: undefined };
        });
        await step.sendEvent('tell', { name: 'test/nobody-listens' });
        const b = await step.run('b', () => void calls.push('b'));
        return { a, b, same: runId.length };
      }),
    ]);
    vi.stubEnv('INNGEST_BASE_URL', running.url);
    await send('test/go', { n: 3 });
    const [run] = await ended();
    vi.unstubAllEnvs();
    expect(run).toMatchObject({ state: 'completed', output: { a: { n: 3 }, b: null, same: 36 } });
    expect(calls).toEqual(['a', 'b']);
  });

  it('that run at once all wake the run: none is lost (15 runs of 8, two runners)', async () => {
    const counts = new Map<string, number>();
    await start(
      (client) => [
        client.createFunction({ id: 'parallel', triggers: [go] }, async ({ event, step }) => {
          const parts = await Promise.all(
            Array.from({ length: 8 }, (_, n) =>
              step.run(`part-${n}`, () => {
                const key = `${event.data.n}/${n}`;
                counts.set(key, (counts.get(key) ?? 0) + 1);
                return n;
              }),
            ),
          );
          return step.run('sum', () => parts.reduce((a, b) => a + b, 0));
        }),
      ],
      { maxRequests: 16 },
    );
    const second = await startTestRunner(database.db, app, { maxRequests: 16 });
    for (let n = 0; n < 15; n += 1) await send('test/go', { n });
    const all = await ended(15);
    await second.stop();
    expect(all.map((run) => [run.state, run.output])).toEqual(all.map(() => ['completed', 28]));
    expect(counts.size).toBe(120);
    expect([...counts.values()].every((count) => count === 1)).toBe(true);
  });

  it('in branches of their own go on without waiting for the other branch', async () => {
    const order: string[] = [];
    await start((client) => [
      client.createFunction({ id: 'branches', triggers: [go] }, async ({ step }) => {
        const left = async () => {
          await step.run('left-1', () => void order.push('left-1'));
          await step.run('left-2', () => void order.push('left-2'));
        };
        const right = async () => {
          await step.sleep('nap', '1s');
          await step.run('right', () => void order.push('right'));
        };
        await Promise.all([left(), right()]);
      }),
    ]);
    await send('test/go');
    expect((await ended())[0]?.state).toBe('completed');
    expect(order).toEqual(['left-1', 'left-2', 'right']);
  });
});

describe('failures', () => {
  it('of a step are retried after the backoff, alone, and no more often than configured', async () => {
    const attempts: number[] = [];
    const backoffs: number[] = [];
    let before = 0;
    await start(
      (client) => [
        client.createFunction({ id: 'flaky', retries: 2, triggers: [go] }, async ({ step, attempt }) => {
          await step.run('before', () => {
            before += 1;
          });
          return step.run('flaky', () => {
            attempts.push(attempt);
            if (attempts.length < 3) throw new Error('not yet');
            return 'at last';
          });
        }),
      ],
      {
        backoffMs: (attempt) => {
          backoffs.push(attempt);
          return 30;
        },
      },
    );
    await send('test/go');
    expect((await ended())[0]).toMatchObject({ state: 'completed', output: 'at last' });
    expect(attempts).toEqual([0, 1, 2]);
    expect(backoffs).toEqual([0, 1]);
    expect(before).toBe(1);
  });

  it('of a step for good fail the run, and its onFailure hears of it', async () => {
    const heard: unknown[] = [];
    await start((client) => [
      client.createFunction(
        {
          id: 'doomed',
          retries: 1,
          triggers: [go],
          onFailure: ({ event, error }) => void heard.push([event.data.event.data, error.message]),
        },
        async ({ step }) => step.run('never', () => Promise.reject(new Error('never'))),
      ),
    ]);
    await send('test/go', { n: 7 });
    const [run] = await ended(2);
    expect(run).toMatchObject({ state: 'failed', error: { message: 'never' }, functionId: 'test-doomed' });
    expect(heard).toEqual([[{ n: 7 }, 'never']]);
  });

  it('that must not be retried are not, and a caught one lets the run go on', async () => {
    let tries = 0;
    await start((client) => [
      client.createFunction({ id: 'final', retries: 5, triggers: [go] }, async ({ step }) => {
        const final = () => {
          tries += 1;
          throw new NonRetriableError('no use');
        };
        const caught = await step.run('caught', final).catch((error: Error) => error.message);
        await step.run('after', () => caught);
        await step.run('uncaught', final);
      }),
    ]);
    await send('test/go');
    expect((await ended())[0]).toMatchObject({ state: 'failed', error: { message: 'no use' } });
    expect(tries).toBe(2);
  });

  it('that name a time are retried then', async () => {
    const at: number[] = [];
    await start((client) => [
      client.createFunction({ id: 'later', triggers: [go] }, async ({ step }) => {
        await step.run('later', () => {
          at.push(Date.now());
          if (at.length === 1) throw new RetryAfterError('in a second', 1000);
        });
      }),
    ]);
    await send('test/go');
    await ended();
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(950);
  });

  it('outside of steps retry the function', async () => {
    let tries = 0;
    await start((client) => [
      client.createFunction({ id: 'bare', retries: 1, triggers: [go] }, async () => {
        tries += 1;
        if (tries === 1) throw new Error('once');
        return tries;
      }),
    ]);
    await send('test/go');
    expect((await ended())[0]).toMatchObject({ state: 'completed', output: 2 });
  });

  it('to reach the app cost no attempt', async () => {
    await start((client) => [
      client.createFunction({ id: 'away', retries: 0, triggers: [go] }, async () => 'here'),
    ]);
    const { port } = new URL(app.origin);
    await app.close();
    await send('test/go');
    await until('a request into the void', async () => {
      const [step] = await database.db.select().from(runnerSteps);
      return step?.dueAt && step.dueAt.getTime() > Date.now() + 500;
    });
    const client = testClient();
    const fn = client.createFunction({ id: 'away', retries: 0, triggers: [go] }, async () => 'here');
    app = await startTestApp(client, [fn], { port: Number(port) });
    expect((await ended())[0]).toMatchObject({ state: 'completed', output: 'here' });
  });

  it('to answer with our signature are losses, and too many of them fail the run', async () => {
    await start((client) => [client.createFunction({ id: 'forged', triggers: [go] }, async () => 'real')], {
      maxLosses: 3,
    });
    const { port } = new URL(app.origin);
    await app.close();
    app = await startTestApp(testClient(), [], {
      port: Number(port),
      before: () => (_incoming, response) => void response.writeHead(200).end('"forged"'),
    });
    await send('test/go');
    const [run] = await ended();
    expect(run).toMatchObject({ state: 'failed', error: { name: 'NoAnswer' }, output: null });
    expect(run?.error?.message).toContain('without our signature');
  });
});

describe('waits', () => {
  it('a sleep is slept, and holds no request meanwhile', async () => {
    await start((client) => [
      client.createFunction({ id: 'sleeper', triggers: [go] }, async ({ step }) => {
        const from = await step.run('from', () => Date.now());
        await step.sleep('nap', '1s');
        return step.run('slept', () => Date.now() - from);
      }),
    ]);
    await send('test/go');
    const requests = await until('the nap', async () => {
      const steps = await database.db.select().from(runnerSteps);
      return steps.some((step) => step.state === 'waiting') && app.requests();
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(app.requests()).toBe(requests);
    expect((await ended())[0]?.output).toBeGreaterThanOrEqual(950);
  });

  it('an event is waited for, with its match, and its absence is told', async () => {
    await start((client) => [
      client.createFunction({ id: 'waiter', triggers: [go] }, async ({ step }) => {
        const answer = await step.waitForEvent('answer', {
          event: 'test/answer',
          match: 'data.n',
          timeout: '1m',
        });
        const never = await step.waitForEvent('never', { event: 'test/never', timeout: '1s' });
        return { answer: answer?.data, never };
      }),
    ]);
    await send('test/go', { n: 1 });
    await until('the wait', async () =>
      (await database.db.select().from(runnerSteps)).some((step) => step.op === 'WaitForEvent'),
    );
    await send('test/answer', { n: 2, wrong: true });
    await send('test/answer', { n: 1, right: true });
    expect((await ended())[0]?.output).toEqual({ answer: { n: 1, right: true }, never: null });
  });

  it('another function is invoked, and its result and its failure come back', async () => {
    await start((client) => {
      const child = client.createFunction({ id: 'child', retries: 0, triggers: [] }, async ({ event }) => {
        const data: { fail?: boolean; n?: number } = event.data;
        if (data.fail) throw new Error('child failed');
        return { doubled: (data.n ?? 0) * 2 };
      });
      const parent = client.createFunction({ id: 'parent', triggers: [go] }, async ({ step }) => {
        const good = await step.invoke('good', { function: child, data: { n: 21 } });
        const bad = await step
          .invoke('bad', { function: child, data: { fail: true } })
          .catch((error: Error) => error.message);
        return { good, bad };
      });
      return [parent, child];
    });
    await send('test/go');
    const all = await ended(3);
    expect(all[0]).toMatchObject({
      state: 'completed',
      output: { good: { doubled: 42 }, bad: 'child failed' },
    });
  });

  it('a run is cancelled by the event that its function names', async () => {
    await start((client) => [
      client.createFunction(
        { id: 'cancelled', triggers: [go], cancelOn: [{ event: 'test/stop', match: 'data.n' }] },
        async ({ step }) => step.sleep('long', '1h'),
      ),
    ]);
    await send('test/go', { n: 1 });
    await send('test/go', { n: 2 });
    await until(
      'both asleep',
      async () =>
        (await database.db.select().from(runnerSteps)).filter((step) => step.state === 'waiting').length ===
        2,
    );
    await send('test/stop', { n: 2 });
    const all = await ended();
    expect(all.map((run) => run.state)).toEqual(['running', 'cancelled']);
  });
});

describe('limits', () => {
  it('one step at once where the function says so, also with two runners', async () => {
    let inside = 0;
    let most = 0;
    await start((client) => [
      client.createFunction({ id: 'one', concurrency: 1, triggers: [go] }, async ({ step }) => {
        for (const name of ['a', 'b']) {
          await step.run(name, async () => {
            inside += 1;
            most = Math.max(most, inside);
            await new Promise((resolve) => setTimeout(resolve, 20));
            inside -= 1;
          });
        }
      }),
    ]);
    const second = await startTestRunner(database.db, app);
    await until('the second discovery', () => second.runner.ready);
    for (let n = 0; n < 6; n += 1) await send('test/go');
    await ended(6);
    await second.stop();
    expect(most).toBe(1);
  });

  it('an event that comes twice, even at once, runs once', async () => {
    await start((client) => [client.createFunction({ id: 'once', triggers: [go] }, async () => 'ran')]);
    await Promise.all(Array.from({ length: 10 }, () => send('test/go', {}, 'the-same')));
    await ended();
    await send('test/go', {}, 'the-same');
    expect(await runs()).toHaveLength(1);
  });

  it('an idempotency key runs once, whatever the ids of its events', async () => {
    await start((client) => [
      client.createFunction(
        { id: 'key', idempotency: 'event.data.order', triggers: [go] },
        async () => 'ran',
      ),
    ]);
    await Promise.all([
      send('test/go', { order: 1 }),
      send('test/go', { order: 1 }),
      send('test/go', { order: 2 }),
    ]);
    await ended(2);
    expect(await runs()).toHaveLength(2);
  });
});

describe('what it cannot do', () => {
  it('is refused at discovery, by name, and the events stay with their sender', async () => {
    app = await startTestApp(testClient(), [
      testClient().createFunction(
        { id: 'burst', throttle: { limit: 1, period: '1m' }, triggers: [go] },
        () => 1,
      ),
    ]);
    running = await startTestRunner(database.db, app);
    const problem = await until('the refusal', () => running.runner.problem);
    expect(problem).toMatch(/test-burst: .*"throttle"/s);
    expect((await fetch(`${running.url}/health`)).status).toBe(503);
    const answer = await fetch(`${running.url}/e/test-event-key`, {
      method: 'POST',
      body: JSON.stringify([{ name: 'test/go', data: {} }]),
    });
    expect(answer.status).toBe(503);
  });

  it('fails the run when a step asks for it', async () => {
    await start((client) => [
      client.createFunction({ id: 'signal', triggers: [go] }, async ({ step }) => {
        await step.waitForSignal('signal', { signal: 'x', timeout: '1m' });
      }),
    ]);
    await send('test/go');
    expect((await ended())[0]).toMatchObject({ state: 'failed', error: { name: 'Unsupported' } });
  });
});

describe('keys', () => {
  it('a wrong event key and a wrong signature are refused', async () => {
    await start((client) => [client.createFunction({ id: 'keys', triggers: [go] }, async () => 'ran')]);
    const body = JSON.stringify([{ name: 'test/go', data: {} }]);
    expect((await fetch(`${running.url}/e/wrong`, { method: 'POST', body })).status).toBe(401);
    expect(
      (await fetch(`${app.serveUrl}?fnId=test-keys&stepId=step`, { method: 'POST', body: '{}' })).status,
    ).toBe(401);
    const stranger = { ...app, signingKey: 'signkey-test-ffffffffffffffffffffffffffffffff' };
    await expect(discoverFunctions(stranger)).rejects.toThrow('the signing keys differ');
    expect(await runs()).toHaveLength(0);
  });
});
