import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { takeLock } from './lock';
import { identify } from './process-identity';
import { temporaryFolder } from './temporary-folder';

const inFolder = temporaryFolder();

test('the second to ask is told who holds the lock, until it is released', () => {
  const file = inFolder('start.lock');
  const first = takeLock(file);
  expect(takeLock(file)).toEqual({ heldBy: identify(process.pid) });
  if ('release' in first) first.release();
  expect(takeLock(file)).toHaveProperty('release');
  expect(readdirSync(inFolder())).toEqual(['start.lock']);
});

test('the lock of a process that was killed is taken over', () => {
  const file = inFolder('start.lock');
  const dead = spawnSync(process.execPath, ['-e', '']).pid;
  writeFileSync(file, JSON.stringify({ pid: dead, mark: 'then' }));
  expect(takeLock(file)).toHaveProperty('release');
});

test.runIf(process.platform === 'linux')(
  'a number that belongs to another process by now holds no lock',
  () => {
    const file = inFolder('start.lock');
    writeFileSync(file, JSON.stringify({ pid: process.ppid, mark: 'an earlier boot' }));
    expect(takeLock(file)).toHaveProperty('release');
  },
);

test('a damaged lock file holds nothing', () => {
  const file = inFolder('start.lock');
  writeFileSync(file, '{"pi');
  expect(takeLock(file)).toHaveProperty('release');
});

test('releasing a lock that somebody else holds by now leaves it alone', () => {
  const file = inFolder('start.lock');
  const mine = takeLock(file);
  const other = spawn('sleep', ['30']);
  writeFileSync(file, JSON.stringify(identify(other.pid ?? 0)));
  if ('release' in mine) mine.release();
  expect(takeLock(file)).toEqual({ heldBy: identify(other.pid ?? 0) });
  expect(existsSync(file)).toBe(true);
  other.kill();
});
