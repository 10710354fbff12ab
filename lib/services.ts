import os from 'node:os';
import { connect, type DatabaseHandle } from '@/db/client';
import type { Context } from '@/lib/people/context';
import { systemClock } from '@/lib/platform/clock';
import { readEnv } from '@/lib/platform/env';
import { log } from '@/lib/platform/log';
import { createLogStore } from '@/lib/platform/log-store/create-log-store';
import { createMailer } from '@/lib/platform/mail/create-mailer';
import type { Services } from '@/lib/platform/services';
import { createStorage } from '@/lib/platform/storage/create-storage';

// Next may load this module more than once in one process (pages, routes, instrumentation); the pool must exist once.
const holder = globalThis as typeof globalThis & {
  __lapse?: { services: Services; database: DatabaseHandle };
};

/** The services of this process, made from the environment at the first call. Throws when the environment is wrong. */
export function getServices(): Services {
  holder.__lapse ??= createServices();
  return holder.__lapse.services;
}

/** Closes every connection (database, mail, object storage, logs), so that a command can end. */
export async function closeServices(): Promise<void> {
  const opened = holder.__lapse;
  delete holder.__lapse;
  if (!opened) return;
  const { storage, logs, mailer } = opened.services;
  await Promise.allSettled([opened.database.close(), storage.close(), logs.close(), mailer.close()]);
}

/** The context of a job that a schedule runs. */
export const systemContext = (job: string): Context => ({ ...getServices(), actor: { type: 'system', job } });

/** The context of a command: somebody with a shell on this server. */
export const cliContext = (): Context => ({
  ...getServices(),
  actor: { type: 'cli', osUser: os.userInfo().username },
});

function createServices(): { services: Services; database: DatabaseHandle } {
  const env = readEnv();
  if (!env.DATABASE_URL) {
    throw new Error(
      'DATABASE_URL is not set, and no running Lapse was found here: start it with `npm start`.',
    );
  }
  const database = connect(env.DATABASE_URL);
  return {
    database,
    services: {
      db: database.db,
      clock: systemClock,
      storage: createStorage(env),
      logs: createLogStore(env),
      mailer: createMailer(env),
      log,
    },
  };
}
