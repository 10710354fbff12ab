import { spawn, spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isRunning } from '../../db/embedded/processes';
import { identify } from './process-identity';
import { readLiveRunState, readRunState, stopOrphans, writeRunState } from './run-state';
import { temporaryFolder } from './temporary-folder';

const inFolder = temporaryFolder();
const gone = () => ({ pid: spawnSync(process.execPath, ['-e', '']).pid });
const environment = { DATABASE_URL: 'postgres://lapse:secret@127.0.0.1/lapse' };

test('the note is for its owner only, and live as long as its writer', () => {
  writeRunState(inFolder(), { supervisor: identify(process.pid), children: {}, environment });
  expect(statSync(inFolder('run.json')).mode & 0o777).toBe(0o600);
  expect(readLiveRunState(inFolder())?.environment).toEqual(environment);
  writeRunState(inFolder(), { supervisor: gone(), children: {}, environment });
  expect(readLiveRunState(inFolder())).toBeUndefined();
});

test('children of a killed start are ended, also those that do not listen', async () => {
  const deaf = spawn(process.execPath, [
    '-e',
    "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)",
  ]);
  await new Promise((resolve) => setTimeout(resolve, 500));
  const children = { 'web server': identify(deaf.pid ?? 0), 'job runner': gone() };
  writeRunState(inFolder(), { supervisor: gone(), children, environment });
  expect(await stopOrphans(inFolder())).toEqual(['web server']);
  expect(isRunning(deaf.pid ?? 0)).toBe(false);
  expect(readRunState(inFolder())).toBeUndefined();
});

test.runIf(process.platform === 'linux')(
  'a stranger who got the number of a child is left alone',
  async () => {
    const stranger = spawn('sleep', ['30']);
    const children = { 'web server': { pid: stranger.pid ?? 0, mark: 'an earlier boot' } };
    writeRunState(inFolder(), { supervisor: gone(), children, environment });
    expect(await stopOrphans(inFolder())).toEqual([]);
    expect(isRunning(stranger.pid ?? 0)).toBe(true);
    stranger.kill();
  },
);

test('a Lapse that runs is not touched', async () => {
  const child = spawn('sleep', ['30']);
  const children = { 'web server': identify(child.pid ?? 0) };
  writeRunState(inFolder(), { supervisor: identify(process.pid), children, environment });
  expect(await stopOrphans(inFolder())).toEqual([]);
  expect(isRunning(child.pid ?? 0)).toBe(true);
  child.kill();
});
