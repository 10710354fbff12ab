import type { Inngest, InngestFunction } from 'inngest';
import { afterEach, beforeEach } from 'vitest';
import { runnerRuns } from '@/db/schema/runner';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import type { RunnerSettings } from '../runner-context';
import {
  startTestApp,
  startTestRunner,
  type TestApp,
  type TestRunner,
  testClient,
  until,
} from './runner-harness';

type MakeFunctions = (client: Inngest) => InngestFunction.Like[];

/** A database, an app and a runner for each test of a file, and the few things that such tests do with them. */
export class RunnerWorld {
  declare database: TestDatabase;
  declare app: TestApp;
  declare running: TestRunner;

  async start(make: MakeFunctions, settings: Partial<RunnerSettings> = {}): Promise<void> {
    const client = testClient();
    this.app = await startTestApp(client, make(client));
    this.running = await startTestRunner(this.database.db, this.app, settings);
    await until('the discovery', () => this.running.runner.ready);
  }

  send(name: string, data: Record<string, unknown> = {}, id?: string) {
    return this.running.client.send({ name, data, ...(id ? { id } : {}) });
  }

  runs() {
    return this.database.db.select().from(runnerRuns).orderBy(runnerRuns.id);
  }

  /** All runs, oldest first, once so many have ended. */
  ended(count = 1) {
    return until(`${count} ended runs`, async () => {
      const all = await this.runs();
      return all.filter((run) => run.state !== 'running').length >= count && all;
    });
  }
}

/** Call it once in a test file. */
export function runnerWorld(): RunnerWorld {
  const world = new RunnerWorld();
  beforeEach(async () => {
    world.database = await createTestDatabase();
  });
  afterEach(async () => {
    await world.running?.stop();
    await world.app?.close();
    await world.database.close();
  });
  return world;
}
