import { eventType } from 'inngest';
import { describe, expect, it, vi } from 'vitest';
import { runnerSteps } from '@/db/schema/runner';
import { startTestRunner, until } from './testing/runner-harness';
import { runnerWorld } from './testing/runner-world';

const go = eventType('test/go');
const world = runnerWorld();

describe('steps', () => {
  it('run once each and are remembered', async () => {
    const calls: string[] = [];
    await world.start((client) => [
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
    vi.stubEnv('INNGEST_BASE_URL', world.running.url);
    await world.send('test/go', { n: 3 });
    const [run] = await world.ended();
    vi.unstubAllEnvs();
    expect(run).toMatchObject({ state: 'completed', output: { a: { n: 3 }, b: null, same: 36 } });
    expect(calls).toEqual(['a', 'b']);
  });

  it('that run at once all wake the run: none is lost (15 runs of 8, two runners)', async () => {
    const counts = new Map<string, number>();
    await world.start(
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
    const second = await startTestRunner(world.database.db, world.app, { maxRequests: 16 });
    for (let n = 0; n < 15; n += 1) await world.send('test/go', { n });
    const all = await world.ended(15);
    await second.stop();
    expect(all.map((run) => [run.state, run.output])).toEqual(all.map(() => ['completed', 28]));
    expect(counts.size).toBe(120);
    expect([...counts.values()].every((count) => count === 1)).toBe(true);
  });

  it('in branches of their own go on without waiting for the other branch', async () => {
    const order: string[] = [];
    await world.start((client) => [
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
    await world.send('test/go');
    expect((await world.ended())[0]?.state).toBe('completed');
    expect(order).toEqual(['left-1', 'left-2', 'right']);
  });
});

describe('waits', () => {
  it('a sleep is slept, and holds no request meanwhile', async () => {
    await world.start((client) => [
      client.createFunction({ id: 'sleeper', triggers: [go] }, async ({ step }) => {
        const from = await step.run('from', () => Date.now());
        await step.sleep('nap', '1s');
        return step.run('slept', () => Date.now() - from);
      }),
    ]);
    await world.send('test/go');
    const requests = await until('the nap', async () => {
      const steps = await world.database.db.select().from(runnerSteps);
      return steps.some((step) => step.state === 'waiting') && world.app.requests();
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(world.app.requests()).toBe(requests);
    expect((await world.ended())[0]?.output).toBeGreaterThanOrEqual(950);
  });

  it('an event is waited for, with its match, and its absence is told', async () => {
    await world.start((client) => [
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
    await world.send('test/go', { n: 1 });
    await until('the wait', async () =>
      (await world.database.db.select().from(runnerSteps)).some((step) => step.op === 'WaitForEvent'),
    );
    await world.send('test/answer', { n: 2, wrong: true });
    await world.send('test/answer', { n: 1, right: true });
    expect((await world.ended())[0]?.output).toEqual({ answer: { n: 1, right: true }, never: null });
  });

  it('another function is invoked, and its result and its failure come back', async () => {
    await world.start((client) => {
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
    await world.send('test/go');
    const all = await world.ended(3);
    expect(all[0]).toMatchObject({
      state: 'completed',
      output: { good: { doubled: 42 }, bad: 'child failed' },
    });
  });

  it('a run is cancelled by the event that its function names', async () => {
    await world.start((client) => [
      client.createFunction(
        { id: 'cancelled', triggers: [go], cancelOn: [{ event: 'test/stop', match: 'data.n' }] },
        async ({ step }) => step.sleep('long', '1h'),
      ),
    ]);
    await world.send('test/go', { n: 1 });
    await world.send('test/go', { n: 2 });
    await until(
      'both asleep',
      async () =>
        (await world.database.db.select().from(runnerSteps)).filter((step) => step.state === 'waiting')
          .length === 2,
    );
    await world.send('test/stop', { n: 2 });
    const all = await world.ended();
    expect(all.map((run) => run.state)).toEqual(['running', 'cancelled']);
  });
});
