import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { anyFreePort } from '../../db/embedded/port';
import { VARIABLES } from '../../lib/audit/policy/environment';
import { logFolder } from '../../lib/platform/log-store/create-log-store';
import { publicDataVariables } from '../../lib/platform/public-data-variables';
import { createStorage } from '../../lib/platform/storage/create-storage';
import { ensureBuilt } from './build';
import type { Child } from './child';
import { type Configuration, internalAddress, readConfiguration } from './configuration';
import { openDataFolder } from './data-folder';
import { openDatabase, type RunningDatabase } from './database';
import { ensureDemo, holdsDemo, refuseDemo } from './demo';
import { describeFailure, StartFailure } from './failure';
import { greeting } from './greeting';
import { takeLock } from './lock';
import { prepareObjectFolder } from './object-folder';
import { identify, type ProcessIdentity } from './process-identity';
import { readLiveRunState, removeRunState, stopOrphans, writeRunState } from './run-state';
import { resolveSecrets } from './secrets';
import { outputOf, startRunner, startWeb, waitUntilHealthy } from './services';
import { stopOnRequest } from './stop-request';
import { chooseWebPort, DEFAULT_PORT } from './web-port';

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** What to undo at the end, newest first. */
type Undo = { what: string; run: () => void | Promise<void> };

/** The whole life of `npm start`: starts everything, waits for its end, and stops everything. Sets the exit code. */
export async function main(root: string, args: readonly string[]): Promise<void> {
  const stopping = new AbortController();
  const undo: Undo[] = [];
  stopOnRequest(stopping, () => say('\nStopping'));
  let dataDir = path.join(root, '.lapse');
  try {
    const configuration = readConfiguration(root, args, process.env);
    dataDir = configuration.dataDir;
    await run(configuration, undo, stopping.signal);
  } catch (error) {
    if (!stopping.signal.aborted) {
      process.stderr.write(`\n${describeFailure(error, root, dataDir)}\n`);
      process.exitCode = 1;
    }
  }
  for (const { what, run } of undo.reverse()) {
    try {
      await run();
    } catch (error) {
      process.stderr.write(`${what} could not be stopped: ${describeFailure(error, root, dataDir)}\n`);
      process.exitCode = 1;
    }
  }
  if (stopping.signal.aborted) say('Lapse is stopped.');
  // Nothing is left to wait for, and a handle that a library keeps open must not hold the terminal.
  process.exit();
}

async function run(configuration: Configuration, undo: Undo[], signal: AbortSignal): Promise<void> {
  const { dataDir, dev, root, runner } = configuration;
  const secrets = resolveSecretsIn(configuration);
  undo.push({ what: 'The lock', run: lockFolder(dataDir) });
  const orphans = await stopOrphans(dataDir);
  if (orphans.length > 0) say(`Stopped what the last start left running: ${orphans.join(', ')}`);
  signal.throwIfAborted();

  const database = await openDatabase(configuration, say);
  undo.push({ what: 'The database', run: () => database.embedded?.stop() });
  const databaseUrl = await database.migrate();
  signal.throwIfAborted();
  const isDemo = await fillDemo(configuration, database);
  await prepareStorage(configuration, database);
  signal.throwIfAborted();
  if (!dev) await ensureBuilt({ root, say, signal, output: outputOf(configuration, 'build') });

  const port = await chooseWebPort(configuration.wishedPort, configuration.host);
  if (!configuration.wishedPort && port !== DEFAULT_PORT) say(`Port ${DEFAULT_PORT} is taken; using ${port}`);
  const address = configuration.env.NEXTAUTH_URL ?? `http://localhost:${port}`;
  const internal = internalAddress(configuration.host, port);
  const inngestAddress =
    runner === 'embedded' ? `http://127.0.0.1:${await anyFreePort()}` : configuration.env.INNGEST_BASE_URL;
  const environment: Record<string, string> = {
    LAPSE_DATA_DIR: dataDir,
    LAPSE_URL: internal,
    DATABASE_URL: databaseUrl,
    NEXTAUTH_URL: address,
    ...secrets,
    ...variablesOfCommands(),
    ...(inngestAddress ? { INNGEST_BASE_URL: inngestAddress } : {}),
    LAPSE_DEMO: isDemo ? '1' : '0',
  };
  const children: Child[] = [];
  const note = (shown?: string) =>
    writeRunState(dataDir, {
      supervisor: identify(process.pid),
      children: Object.fromEntries(
        children.map((child): [string, ProcessIdentity] => [child.name, child.identity]),
      ),
      ...(shown ? { address: shown } : {}),
      environment,
    });
  undo.push({ what: 'The note of what runs', run: () => removeRunState(dataDir) });
  const context = { configuration, port, environment };
  const start = (begin: (ctx: typeof context) => Child) => {
    const child = begin(context);
    undo.push({ what: `The ${child.name}`, run: child.stop });
    children.push(child);
    note();
    return child;
  };
  const web = start(startWeb);
  await waitUntilHealthy(web, internal, signal);
  // The runner goes first of all when Lapse stops: a step that is under way still needs the web server.
  start(startRunner);
  note(address);
  say(greeting(address, isDemo, configuration));
  await untilSomethingEnds(children, database, signal);
}

/**
 * The command line goes by the same ones as the running Lapse, wherever they were set: one that did not know them would record
 * another policy, and ask other stores.
 */
function variablesOfCommands(): Record<string, string> {
  const names = [
    ...Object.values(VARIABLES),
    ...Object.keys(publicDataVariables),
    ...['LAPSE_AUDIT_ACCEPTED_KEYS', 'LAPSE_BUCKET_NAMES', 'LAPSE_LOCAL_FILES_DIR'],
  ];
  const set = names.map((name) => [name, process.env[name] ?? '']);
  return Object.fromEntries(set.filter(([, value]) => value !== ''));
}

function resolveSecretsIn({ root, dataDir, production, runner }: Configuration) {
  openDataFolder(dataDir, root);
  const { INNGEST_EVENT_KEY, ...own } = resolveSecrets(process.env, dataDir, production);
  // With a real Inngest that asks for no event key, ours would be refused.
  return runner === 'embedded' || process.env.INNGEST_EVENT_KEY ? { ...own, INNGEST_EVENT_KEY } : own;
}

function lockFolder(dataDir: string): () => void {
  const lock = takeLock(path.join(dataDir, 'start.lock'));
  if ('release' in lock) return lock.release;
  const running = readLiveRunState(dataDir);
  const where = running?.address ? `at ${running.address}` : 'and is just starting';
  throw new StartFailure(
    `Lapse already runs ${where} (process ${lock.heldBy.pid}). To stop it: kill ${lock.heldBy.pid}`,
  );
}

async function fillDemo(configuration: Configuration, database: RunningDatabase): Promise<boolean> {
  const { demo, production, dataDir, env } = configuration;
  if (production) await refuseDemo(database.ownerUrl);
  // A start that may not fill it in serves it all the same when it is there, and says so on every page.
  if (!demo) return holdsDemo(database.ownerUrl);
  const storage = createStorage({ ...env, LAPSE_DATA_DIR: dataDir });
  const logsDir = env.LAPSE_LOG_BACKEND === 'folder' ? logFolder({ LAPSE_DATA_DIR: dataDir }) : null;
  return ensureDemo({ ownerUrl: database.ownerUrl, dataDir, storage, say, ...(logsDir ? { logsDir } : {}) });
}

async function prepareStorage({ dataDir, env }: Configuration, { ownerUrl }: RunningDatabase): Promise<void> {
  if (env.S3_BUCKET) return;
  await prepareObjectFolder({
    ownerUrl,
    dataDir,
    storage: createStorage({ ...env, LAPSE_DATA_DIR: dataDir }),
  });
}

/** Returns when somebody asked to stop; throws when a part of Lapse ended by itself. */
async function untilSomethingEnds(
  children: Child[],
  database: RunningDatabase,
  signal: AbortSignal,
): Promise<void> {
  const died = (what: string, how: string, lines = '') =>
    new StartFailure(`The ${what} ended unexpectedly (${how}), so Lapse stops.\n${lines}`.trimEnd());
  await Promise.race([
    ...children.map(async (child) => {
      const how = await child.ended;
      if (!signal.aborted) throw died(child.name, how, child.lastLines());
    }),
    (async () => {
      while (!signal.aborted) {
        if (database.embedded && !database.embedded.isRunning()) {
          throw died('database', `its log is ${path.join(database.embedded.home, 'server.log')}`);
        }
        await sleep(1_000, undefined, { signal });
      }
    })(),
  ]);
}
