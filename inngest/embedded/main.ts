import { connect } from '@/db/client';
import { inngest } from '@/inngest/client';
import { systemClock } from '@/lib/platform/clock';
import { log } from '@/lib/platform/log';
import { type EventServer, listen } from './http-server';
import { startDraining } from './outbox';
import { readProcessEnvironment } from './process-environment';
import { Runner } from './runner';
import { DEFAULT_SETTINGS, type RunnerContext } from './runner-context';

/*
 * The process beside the web app. It always sends what waits in the outbox to the Inngest that is configured; with
 * LAPSE_RUNNER=embedded it is that Inngest itself.
 */

const environment = readProcessEnvironment(process.env);
const database = connect(environment.DATABASE_URL, { applicationName: 'lapse-runner' });
const clock = systemClock;
let runner: Runner | undefined;
let server: EventServer | undefined;

if (environment.LAPSE_RUNNER === 'embedded') {
  const ctx: RunnerContext = {
    db: database.db,
    clock,
    log,
    app: {
      serveUrl: new URL('/api/inngest', environment.LAPSE_URL).href,
      signingKey: environment.INNGEST_SIGNING_KEY,
    },
    functions: new Map(),
    settings: DEFAULT_SETTINGS,
  };
  const address = new URL(environment.INNGEST_BASE_URL);
  runner = new Runner(ctx);
  server = await listen(ctx, runner, {
    host: address.hostname.replace(/^\[|\]$/g, ''),
    port: Number(address.port),
    eventKey: environment.INNGEST_EVENT_KEY,
  });
  runner.start();
  log.info({ address: address.origin }, 'the embedded job runner listens');
}
const draining = startDraining(
  { db: database.db, clock, log, sender: inngest },
  {
    mayDrain: () => runner?.ready ?? true,
  },
);

let stopping: Promise<void> | undefined;

/** Ends in order: no new events, no new steps; what is out is waited for, and else left to its lease. */
function stop(reason: string): Promise<void> {
  stopping ??= (async () => {
    log.info({ reason }, 'the job runner stops');
    await draining.stop();
    await server?.close();
    await runner?.stop();
    await database.close();
    process.exit(0);
  })();
  return stopping;
}

process.once('SIGTERM', () => stop('SIGTERM'));
process.once('SIGINT', () => stop('SIGINT'));
// The supervisor that started this process is gone: nobody would stop it, and the next start would find its port taken.
if (process.channel) process.once('disconnect', () => stop('the supervisor is gone'));
