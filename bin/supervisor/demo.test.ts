import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../db/testing';
import { FolderStorage } from '../../lib/platform/storage/folder-storage';
import { ensureDemo, holdsDemo, refuseDemo } from './demo';
import { temporaryFolder } from './temporary-folder';

// The demo is hundreds of files and rows, some seconds of work on a slow machine.
vi.setConfig({ testTimeout: 120_000 });

const inFolder = temporaryFolder();
let database: TestDatabase;
let said: string[];
beforeEach(async () => {
  database = await createTestDatabase();
  said = [];
});
afterEach(() => database.close());

const ensure = () =>
  ensureDemo({
    ownerUrl: database.ownerUrl,
    dataDir: inFolder(),
    storage: new FolderStorage(inFolder('objects')),
    say: (line) => said.push(line),
  });

const challenges = async () => (await database.sql`select id from challenges`).length;

function writeObject(name: string): void {
  mkdirSync(inFolder('objects'), { recursive: true });
  writeFileSync(inFolder('objects', name), 'somebody’s own');
}

test('an empty Lapse gets the demo, a second start finds it', async () => {
  expect(await ensure()).toBe(true);
  const count = await challenges();
  expect(count).toBeGreaterThan(5);
  expect(await ensure()).toBe(true);
  expect(await challenges()).toBe(count);
  expect(said).toHaveLength(1);
  expect(existsSync(inFolder('demo-filling'))).toBe(false);
});

test('a folder that Lapse has prepared itself does not stand in its way', async () => {
  await new FolderStorage(inFolder('objects')).prepare();
  expect(await ensure()).toBe(true);
});

test('in production the demo is refused, whose passwords are public, and an empty Lapse is not', async () => {
  await refuseDemo(database.ownerUrl);
  expect(await holdsDemo(database.ownerUrl)).toBe(false);
  await ensure();
  expect(await holdsDemo(database.ownerUrl)).toBe(true);
  await expect(refuseDemo(database.ownerUrl)).rejects.toThrow(/holds the demo.*NODE_ENV=production/s);
});

test('a fill that was interrupted after some files is done again', async () => {
  writeFileSync(path.join(inFolder(), 'demo-filling'), '');
  writeObject('half');
  expect(await ensure()).toBe(true);
  expect(await challenges()).toBeGreaterThan(5);
});

test('files of somebody else are neither mixed with the demo nor removed', async () => {
  writeObject('thesis.pdf');
  expect(await ensure()).toBe(false);
  expect(await challenges()).toBe(0);
  expect(readFileSync(inFolder('objects', 'thesis.pdf'), 'utf8')).toBe('somebody’s own');
  expect(said.join()).toMatch(/throws no files away/);
});

test('a database with data of its own stays as it is', async () => {
  await database.owner.sql`insert into host_teams (team_name) values ('Ours')`;
  expect(await ensure()).toBe(false);
  expect(await challenges()).toBe(0);
});
