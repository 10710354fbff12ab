import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import postgres from 'postgres';
import { spawnAs } from './account';
import { type Cluster, openCluster, readPassword, run, SUPERUSER, serverEnvironment } from './cluster';
import { EmbeddedPostgresError } from './failure';
import { choosePort, rememberPort } from './port';
import { clearStalePidFile, findPostmaster } from './postmaster';
import { isRunning, waitUntil } from './processes';

const DATABASE = 'lapse';
const START_LIMIT_MS = 60_000;
const LOG_LIMIT_BYTES = 10 * 1024 * 1024;

export interface EmbeddedPostgresOptions {
  /** The cluster's folder; made when it does not exist. Needs no particular owner, length or spelling. */
  dataDir: string;
  /** The port to prefer on 127.0.0.1; without it the one used last. Another is taken when it is not free. */
  port?: number;
  /** Server settings such as `{ fsync: 'off' }`, for this run. */
  settings?: Record<string, string>;
  /** Gets one line for each step that takes time. */
  log?: (line: string) => void;
}

export interface EmbeddedPostgres {
  /** The database `lapse` as its superuser: the owner of the tables. Holds the password. */
  url: string;
  port: number;
  /** Of the server's main process. */
  pid: number;
  /** Where the cluster lies: `dataDir`, or a folder under /var/lib/lapse when Postgres cannot enter that as root. */
  home: string;
  /** True when the server ran already, started by somebody else. */
  attached: boolean;
  /** Whether the server's main process still runs. */
  isRunning(): boolean;
  /** Stops the server, also one that was only attached to; open transactions are rolled back. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Starts the Postgres that npm brought along on `dataDir`, or attaches to the one that runs there, and waits until it
 * answers. It listens on 127.0.0.1 only, asks for a password, and survives the process that started it until `stop`.
 * Throws EmbeddedPostgresError with what to do when it cannot.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => {});
  const cluster = await openCluster(options.dataDir, options.settings?.fsync !== 'off', log);
  const running = await attach(cluster);
  if (running) return running;
  let failure: unknown;
  for (let attempt = 0; attempt < 3; attempt++) {
    await clearStalePidFile(cluster.data);
    try {
      return await launch(cluster, options, attempt);
    } catch (error) {
      failure = error;
      // Another process may have been quicker, with this cluster or with the port.
      const other = await attach(cluster);
      if (other) return other;
      if (!/in use|lock file/i.test(String(error))) break;
    }
  }
  throw failure;
}

async function attach(cluster: Cluster): Promise<EmbeddedPostgres | undefined> {
  const found = findPostmaster(cluster.data);
  if (!found) return undefined;
  const settled = await waitUntil(() => {
    const now = findPostmaster(cluster.data);
    return !now || now.status === 'ready';
  }, START_LIMIT_MS);
  if (!settled) {
    throw new EmbeddedPostgresError(
      `A Postgres server (process ${found.pid}) holds ${cluster.data} and does not get ready; its log is ` +
        `${path.join(cluster.home, 'server.log')}. Stop it (kill -INT ${found.pid}) and start Lapse again.`,
    );
  }
  const ready = findPostmaster(cluster.data);
  if (!ready) return undefined;
  const server = describe(cluster, ready.pid, ready.port, true);
  await ensureDatabase(server.url);
  return server;
}

async function launch(
  cluster: Cluster,
  options: EmbeddedPostgresOptions,
  attempt: number,
): Promise<EmbeddedPostgres> {
  // The port that just turned out to be taken is not tried again.
  const port = await choosePort(cluster.home, attempt === 0 ? options.port : undefined);
  const logFile = path.join(cluster.home, 'server.log');
  const logStart = rotateLog(logFile);
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    // Paths of sockets are limited to 107 bytes, which a checkout may exceed; TCP has no such limit.
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...options.settings,
  };
  const output = openSync(logFile, 'a', 0o600);
  let child: ChildProcess;
  try {
    child = spawn(
      cluster.binaries.postgres,
      [
        '-D',
        cluster.data,
        ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      {
        cwd: cluster.data,
        env: serverEnvironment(),
        stdio: ['ignore', output, output],
        // A session of its own: Ctrl-C reaches the whole foreground group, and the database must be the last to go.
        detached: true,
        windowsHide: true,
        ...spawnAs(cluster.account),
      },
    );
  } finally {
    closeSync(output);
  }
  let failed: string | undefined;
  child.once('error', (error) => {
    failed = error.message;
  });
  child.once('exit', (code, signal) => {
    failed ??= `it ended with ${signal ?? `code ${code}`}`;
  });
  child.unref();
  const answered = await waitUntil(
    () => failed !== undefined || findPostmaster(cluster.data)?.status === 'ready',
    START_LIMIT_MS,
  );
  if (!answered || failed !== undefined || child.pid === undefined) {
    const said = readFileSync(logFile).subarray(logStart).toString().trim().split('\n').slice(-12).join('\n');
    throw new EmbeddedPostgresError(
      `Postgres did not start: ${failed ?? 'no answer after a minute'}.\n${said}\nIts log is ${logFile}.`,
    );
  }
  rememberPort(cluster.home, port);
  const server = describe(cluster, child.pid, port, false);
  await ensureDatabase(server.url);
  return server;
}

function describe(cluster: Cluster, pid: number, port: number, attached: boolean): EmbeddedPostgres {
  const stop = async () => {
    if (!isRunning(pid)) return;
    const pgCtl = (mode: string) =>
      run(
        cluster.binaries.pgCtl,
        ['stop', '-D', cluster.data, '-m', mode, '-t', '15', '-s'],
        cluster.account,
        cluster.data,
      );
    // 'immediate' is a crash that the next start recovers from: only when connections cannot be ended otherwise.
    await pgCtl('fast').catch(() => (isRunning(pid) ? pgCtl('immediate') : undefined));
    await waitUntil(() => !isRunning(pid), 5_000);
  };
  return {
    url: `postgres://${SUPERUSER}:${readPassword(cluster)}@127.0.0.1:${port}/${DATABASE}`,
    port,
    pid,
    home: cluster.home,
    attached,
    isRunning: () => isRunning(pid),
    stop,
  };
}

/** duplicate_database, and the unique violation that it is when two make it in the same instant. */
const BY_ANOTHER_START = ['42P04', '23505'];

/** initdb makes only the maintenance databases; ours is made at the first start, or at the one after an interruption. */
async function ensureDatabase(url: string): Promise<void> {
  const maintenance = new URL(url);
  maintenance.pathname = '/postgres';
  const sql = postgres(maintenance.href, { max: 1, connect_timeout: 10, onnotice: () => {} });
  try {
    const found = await sql`select from pg_database where datname = ${DATABASE}`;
    if (found.length === 0) await sql.unsafe(`create database ${DATABASE}`);
  } catch (error) {
    if (!BY_ANOTHER_START.includes((error as { code?: string }).code ?? '')) throw error;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** Keeps the log from growing without end; returns where this run's part begins, in bytes. */
function rotateLog(file: string): number {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= LOG_LIMIT_BYTES) return size;
  renameSync(file, `${file}.1`);
  return 0;
}
