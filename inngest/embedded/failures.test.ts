import { eventType, NonRetriableError, RetryAfterError } from 'inngest';
import { describe, expect, it } from 'vitest';
import { runnerSteps } from '@/db/schema/runner';
import { startTestApp, testClient, until } from './testing/runner-harness';
import { runnerWorld } from './testing/runner-world';

const go = eventType('test/go');
const world = runnerWorld();

describe('failures', () => {
  it('of a step are retried after the backoff, alone, and no more often than configured', async () => {
    const attempts: number[] = [];
    const backoffs: number[] = [];
    let before = 0;
    await world.start(
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
    await world.send('test/go');
    expect((await world.ended())[0]).toMatchObject({ state: 'completed', output: 'at last' });
    expect(attempts).toEqual([0, 1, 2]);
    expect(backoffs).toEqual([0, 1]);
    expect(before).toBe(1);
  });

  it('of a step for good fail the run, and its onFailure hears of it', async () => {
    const heard: unknown[] = [];
    await world.start((client) => [
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
    await world.send('test/go', { n: 7 });
    const [run] = await world.ended(2);
    expect(run).toMatchObject({ state: 'failed', error: { message: 'never' }, functionId: 'test-doomed' });
    expect(heard).toEqual([[{ n: 7 }, 'never']]);
  });

  it('that must not be retried are not, and a caught one lets the run go on', async () => {
    let tries = 0;
    await world.start((client) => [
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
    await world.send('test/go');
    expect((await world.ended())[0]).toMatchObject({ state: 'failed', error: { message: 'no use' } });
    expect(tries).toBe(2);
  });

  it('that name a time are retried then', async () => {
    const at: number[] = [];
    await world.start((client) => [
      client.createFunction({ id: 'later', triggers: [go] }, async ({ step }) => {
        await step.run('later', () => {
          at.push(Date.now());
          if (at.length === 1) throw new RetryAfterError('in a second', 1000);
        });
      }),
    ]);
    await world.send('test/go');
    await world.ended();
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(950);
  });

  it('outside of steps retry the function', async () => {
    let tries = 0;
    await world.start((client) => [
      client.createFunction({ id: 'bare', retries: 1, triggers: [go] }, async () => {
        tries += 1;
        if (tries === 1) throw new Error('once');
        return tries;
      }),
    ]);
    await world.send('test/go');
    expect((await world.ended())[0]).toMatchObject({ state: 'completed', output: 2 });
  });

  it('to reach the app cost no attempt', async () => {
    await world.start((client) => [
      client.createFunction({ id: 'away', retries: 0, triggers: [go] }, async () => 'here'),
    ]);
    const { port } = new URL(world.app.origin);
    await world.app.close();
    await world.send('test/go');
    await until('a request into the void', async () => {
      const [step] = await world.database.db.select().from(runnerSteps);
      return step?.dueAt && step.dueAt.getTime() > Date.now() + 500;
    });
    const client = testClient();
    const fn = client.createFunction({ id: 'away', retries: 0, triggers: [go] }, async () => 'here');
    world.app = await startTestApp(client, [fn], { port: Number(port) });
    expect((await world.ended())[0]).toMatchObject({ state: 'completed', output: 'here' });
  });

  it('to answer with our signature are losses, and too many of them fail the run', async () => {
    await world.start(
      (client) => [client.createFunction({ id: 'forged', triggers: [go] }, async () => 'real')],
      {
        maxLosses: 3,
      },
    );
    const { port } = new URL(world.app.origin);
    await world.app.close();
    world.app = await startTestApp(testClient(), [], {
      port: Number(port),
      before: () => (_incoming, response) => void response.writeHead(200).end('"forged"'),
    });
    await world.send('test/go');
    const [run] = await world.ended();
    expect(run).toMatchObject({ state: 'failed', error: { name: 'NoAnswer' }, output: null });
    expect(run?.error?.message).toContain('without our signature');
  });
});
