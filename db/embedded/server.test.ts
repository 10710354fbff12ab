import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { anyFreePort } from './port';
import { findPostmaster } from './postmaster';
import { isRunning, waitUntil } from './processes';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './server';

let folder: string;
let started: EmbeddedPostgres[];

async function openFolder(): Promise<void> {
  folder = await mkdtemp(path.join(os.tmpdir(), "lapse embedded 'é "));
  if (process.geteuid?.() === 0) await chmod(folder, 0o711);
  started = [];
}

async function closeFolder(): Promise<void> {
  for (const server of started) await server.stop();
  for (const server of started) await rm(server.home, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
}

const dataDir = () => path.join(folder, 'postgres');

async function start(settings?: Record<string, string>): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir: dataDir(), settings: { fsync: 'off', ...settings } });
  started.push(server);
  return server;
}

async function query(url: string, text: string) {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return [...(await sql.unsafe(text))];
  } finally {
    await sql.end();
  }
}

describe('the first start', () => {
  beforeEach(openFolder);
  afterEach(closeFolder);

  test('makes a UTF-8 database that answers on 127.0.0.1 alone, from a path with spaces and quotes', async () => {
    const server = await start();
    const settings = `select current_setting('server_encoding') as encoding, current_setting('TimeZone') as zone,
      current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as sockets`;
    expect(await query(server.url, settings)).toEqual([
      { encoding: 'UTF8', zone: 'UTC', addresses: '127.0.0.1', sockets: '' },
    ]);
    expect(server.attached).toBe(false);
  });

  test('keeps the password for its owner, and the server asks for it', async () => {
    const server = await start();
    expect((await stat(path.join(server.home, 'password'))).mode & 0o777).toBe(0o600);
    const wrong = new URL(server.url);
    wrong.password = 'guessed';
    await expect(query(wrong.href, 'select 1')).rejects.toThrow(/password authentication failed/);
  });

  test('begins anew after one that was interrupted', async () => {
    await mkdir(path.join(folder, 'postgres.unfinished-1', 'data'), { recursive: true });
    await writeFile(path.join(folder, 'postgres.unfinished-1', 'data', 'PG_VERSION'), '18');
    const server = await start();
    expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(await readdir(folder)).toEqual(['postgres']);
  });

  test('makes its database when an interruption left a server without it', async () => {
    const server = await start();
    await query(server.url.replace(/lapse$/, 'postgres'), 'drop database lapse');
    expect(await query((await start()).url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('by two processes at once gives both the same server', async () => {
    const [one, two] = await Promise.all([start(), start()]);
    expect(one.pid).toBe(two.pid);
    expect(one.url).toBe(two.url);
  });

  test('a server that cannot start says why', async () => {
    await expect(start({ shared_buffers: 'plenty' })).rejects.toThrow(/shared_buffers/);
  });

  test('a folder that is no database is left alone, and named', async () => {
    await mkdir(dataDir());
    await writeFile(path.join(dataDir(), 'letter.txt'), 'Dear Ada');
    await expect(start()).rejects.toThrow(/holds no database/);
    expect(await readdir(dataDir())).toEqual(['letter.txt']);
  });

  test('a wished port is taken when it is free', async () => {
    const port = await anyFreePort();
    const server = await startEmbeddedPostgres({ dataDir: dataDir(), port, settings: { fsync: 'off' } });
    started.push(server);
    expect(server.port).toBe(port);
  });
});

describe('a later start', () => {
  beforeAll(openFolder);
  afterEach(async () => {
    for (const server of started) await server.stop();
  });
  afterAll(closeFolder);

  test('attaches to the server that runs', async () => {
    const first = await start();
    const second = await start();
    expect(second).toMatchObject({ attached: true, pid: first.pid, url: first.url });
  });

  test('keeps the data and the port', async () => {
    const first = await start();
    await query(first.url, 'create table kept as select 42 as answer');
    await first.stop();
    expect(first.isRunning()).toBe(false);
    const second = await start();
    expect(second).toMatchObject({ attached: false, port: first.port });
    expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  test('takes another port when the last one is taken', async () => {
    const first = await start();
    await first.stop();
    const net = await import('node:net');
    const thief = net.createServer().listen(first.port, '127.0.0.1');
    await new Promise((resolve) => thief.once('listening', resolve));
    const second = await start();
    expect(second.port).not.toBe(first.port);
    expect(await query(second.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await new Promise((resolve) => thief.close(resolve));
  });

  test('recovers what was committed before a kill -9 of the server', async () => {
    const first = await start({ fsync: 'on' });
    await query(first.url, 'create table survived as select 42 as answer');
    process.kill(first.pid, 'SIGKILL');
    await waitUntil(() => !isRunning(first.pid), 5_000);
    const second = await start();
    expect(await query(second.url, 'select answer from survived')).toEqual([{ answer: 42 }]);
  });

  test('is not misled by a pid file whose number belongs to somebody else', async () => {
    const first = await start();
    const pidFile = path.join(first.home, 'data', 'postmaster.pid');
    const content = await readFile(pidFile, 'utf8');
    await first.stop();
    // Under the server's own account, as after the restart of a container, where low numbers come again.
    const { uid, gid } = await stat(path.join(first.home, 'data'));
    const stranger = spawn('sleep', ['60'], process.geteuid?.() === 0 ? { uid, gid } : {});
    await writeFile(pidFile, content.replace(/^\d+/, String(stranger.pid)), { mode: 0o600 });
    expect(findPostmaster(path.join(first.home, 'data'))).toBeUndefined();
    const second = await start();
    expect(second.attached).toBe(false);
    expect(stranger.exitCode).toBeNull();
    stranger.kill();
  });
});
