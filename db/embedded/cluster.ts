import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Account, canReach, giveTo, serverAccount, spawnAs } from './account';
import { type Binaries, findBinaries } from './binaries';
import { EmbeddedPostgresError } from './failure';
import { isRunning } from './processes';

export const SUPERUSER = 'lapse';

/** Nobody takes that long to make a cluster: the number of its maker belongs to another process by now. */
const UNFINISHED_LIMIT_MS = 10 * 60_000;

/** The initdb of a killed start may still be writing into what is removed. */
const REMOVE = { recursive: true, force: true, maxRetries: 10, retryDelay: 100 };

/**
 * A cluster on disk. Its home holds `data` (PGDATA), `password`, `port` (the one used last) and `server.log`; it comes
 * into being by one rename, so a home that exists is whole.
 */
export interface Cluster {
  home: string;
  data: string;
  account: Account;
  binaries: Binaries;
}

/**
 * Finds the cluster of `dataDir`, or makes it (a second or two). A first start that was interrupted is begun anew.
 * `durable`: whether a new one must outlive a crash of the machine.
 */
export async function openCluster(
  dataDir: string,
  durable: boolean,
  log: (line: string) => void,
): Promise<Cluster> {
  const home = locateHome(path.resolve(dataDir), log);
  const data = path.join(home, 'data');
  const account = serverAccount(home);
  const binaries = findBinaries(account, path.dirname(home));
  const cluster = { home, data, account, binaries };
  if (!existsSync(home)) {
    log('Making the database folder');
    await initialise(cluster, durable);
  } else if (!existsSync(path.join(data, 'PG_VERSION'))) {
    throw new EmbeddedPostgresError(
      `${home} exists, but holds no database. Move it away, and start again to get a new one.`,
    );
  }
  if (!canReach(account, data)) {
    throw new EmbeddedPostgresError(
      `Postgres runs as the user "${account.name}", who cannot enter ${data}. ` +
        'Let others pass through the folders above it (chmod o+x), or start Lapse as the owner of the checkout.',
    );
  }
  return cluster;
}

/** The password of the superuser, and with it of the whole cluster. */
export function readPassword(cluster: Cluster): string {
  return readFileSync(path.join(cluster.home, 'password'), 'utf8').trim();
}

/**
 * `dataDir` itself, except that root may work in a folder that the server's account cannot enter, such as a checkout
 * below /root: then the cluster lies under /var/lib/lapse, and a file beside `dataDir` says where.
 */
function locateHome(dataDir: string, log: (line: string) => void): string {
  if (existsSync(dataDir)) return dataDir;
  const pointer = `${dataDir}.location`;
  if (existsSync(pointer)) return readFileSync(pointer, 'utf8').trim();
  const parent = path.dirname(dataDir);
  makeFolder(parent);
  if (canReach(serverAccount(dataDir), parent)) return dataDir;
  const id = createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
  const home = path.join('/var/lib/lapse', id, path.basename(dataDir));
  makeFolder(path.dirname(home));
  writeFileSync(pointer, `${home}\n`);
  log(`The user that Postgres runs as cannot enter ${parent}; the database lies in ${home}`);
  return home;
}

/** As root, folders that we make let others pass through (not look around); for a normal user they are closed. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(path.dirname(folder));
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, process.geteuid?.() === 0 ? 0o711 : 0o700);
}

async function initialise({ home, account, binaries }: Cluster, durable: boolean): Promise<void> {
  removeUnfinished(home);
  const part = `${home}.unfinished-${process.pid}-${randomBytes(3).toString('hex')}`;
  mkdirSync(part, { mode: 0o700 });
  giveTo(account, part);
  const passwordFile = path.join(part, 'password');
  writeFileSync(passwordFile, `${randomBytes(24).toString('hex')}\n`, { mode: 0o600, flush: true });
  giveTo(account, passwordFile);
  const options = [
    `--pgdata=${path.join(part, 'data')}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
    ...(durable ? [] : ['--no-sync']),
  ];
  try {
    await run(binaries.initdb, options, account, part);
    renameSync(part, home);
  } catch (error) {
    rmSync(part, REMOVE);
    // Somebody else made the same cluster in the meantime: theirs is as good as ours.
    if (!existsSync(home)) throw error;
  }
}

/** Removes what interrupted starts left, but not what another process is making right now. */
function removeUnfinished(home: string): void {
  const folder = path.dirname(home);
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(`${path.basename(home)}.unfinished-`)) continue;
    const maker = Number(/-(\d+)-\w+$/.exec(name)?.[1]);
    const age = Date.now() - statSync(path.join(folder, name)).mtimeMs;
    if (!isRunning(maker) || age > UNFINISHED_LIMIT_MS) rmSync(path.join(folder, name), REMOVE);
  }
}

/** Runs one of the packaged programs as the account; what it said goes into the error when it fails. */
export async function run(program: string, options: string[], account: Account, cwd: string): Promise<void> {
  try {
    await promisify(execFile)(program, options, { cwd, env: serverEnvironment(), ...spawnAs(account) });
  } catch (cause) {
    const { stderr = '', stdout = '', message } = cause as Error & { stderr?: string; stdout?: string };
    const said = `${stdout}${stderr}`.trim().split('\n').slice(-12).join('\n') || message;
    throw new EmbeddedPostgresError(
      `${path.basename(program)} failed:\n${said}\nTo use a Postgres of your own instead, set DATABASE_URL.`,
      { cause },
    );
  }
}

/** Our environment without what would steer Postgres (PGDATA, PGPORT and the like) and in a locale every system has. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG|NODE_)/.test(name));
  return { ...Object.fromEntries(own), LC_ALL: 'C', TZ: 'UTC' } as unknown as NodeJS.ProcessEnv;
}
