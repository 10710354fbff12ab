import { eventType } from 'inngest';
import { describe, expect, it } from 'vitest';
import { discoverFunctions } from './app-client';
import { startTestApp, startTestRunner, testClient, until } from './testing/runner-harness';
import { runnerWorld } from './testing/runner-world';

const go = eventType('test/go');
const world = runnerWorld();

describe('limits', () => {
  it('one step at once where the function says so, also with two runners', async () => {
    let inside = 0;
    let most = 0;
    await world.start((client) => [
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
    const second = await startTestRunner(world.database.db, world.app);
    await until('the second discovery', () => second.runner.ready);
    for (let n = 0; n < 6; n += 1) await world.send('test/go');
    await world.ended(6);
    await second.stop();
    expect(most).toBe(1);
  });

  it('an event that comes twice, even at once, runs once', async () => {
    await world.start((client) => [client.createFunction({ id: 'once', triggers: [go] }, async () => 'ran')]);
    await Promise.all(Array.from({ length: 10 }, () => world.send('test/go', {}, 'the-same')));
    await world.ended();
    await world.send('test/go', {}, 'the-same');
    expect(await world.runs()).toHaveLength(1);
  });

  it('an idempotency key runs once, whatever the ids of its events', async () => {
    await world.start((client) => [
      client.createFunction(
        { id: 'key', idempotency: 'event.data.order', triggers: [go] },
        async () => 'ran',
      ),
    ]);
    await Promise.all([
      world.send('test/go', { order: 1 }),
      world.send('test/go', { order: 1 }),
      world.send('test/go', { order: 2 }),
    ]);
    await world.ended(2);
    expect(await world.runs()).toHaveLength(2);
  });
});

describe('what it cannot do', () => {
  it('is refused at discovery, by name, and the events stay with their sender', async () => {
    world.app = await startTestApp(testClient(), [
      testClient().createFunction(
        { id: 'burst', throttle: { limit: 1, period: '1m' }, triggers: [go] },
        () => 1,
      ),
    ]);
    world.running = await startTestRunner(world.database.db, world.app);
    const problem = await until('the refusal', () => world.running.runner.problem);
    expect(problem).toMatch(/test-burst: .*"throttle"/s);
    expect((await fetch(`${world.running.url}/health`)).status).toBe(503);
    const answer = await fetch(`${world.running.url}/e/test-event-key`, {
      method: 'POST',
      body: JSON.stringify([{ name: 'test/go', data: {} }]),
    });
    expect(answer.status).toBe(503);
  });

  it('fails the run when a step asks for it', async () => {
    await world.start((client) => [
      client.createFunction({ id: 'signal', triggers: [go] }, async ({ step }) => {
        await step.waitForSignal('signal', { signal: 'x', timeout: '1m', onConflict: 'fail' });
      }),
    ]);
    await world.send('test/go');
    expect((await world.ended())[0]).toMatchObject({ state: 'failed', error: { name: 'Unsupported' } });
  });
});

describe('keys', () => {
  it('a wrong event key and a wrong signature are refused', async () => {
    await world.start((client) => [client.createFunction({ id: 'keys', triggers: [go] }, async () => 'ran')]);
    const body = JSON.stringify([{ name: 'test/go', data: {} }]);
    expect((await fetch(`${world.running.url}/e/wrong`, { method: 'POST', body })).status).toBe(401);
    expect(
      (await fetch(`${world.app.serveUrl}?fnId=test-keys&stepId=step`, { method: 'POST', body: '{}' }))
        .status,
    ).toBe(401);
    const stranger = { ...world.app, signingKey: 'signkey-test-ffffffffffffffffffffffffffffffff' };
    await expect(discoverFunctions(stranger)).rejects.toThrow('the signing keys differ');
    expect(await world.runs()).toHaveLength(0);
  });
});
