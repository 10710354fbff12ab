import { existsSync, mkdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../db/testing';
import { WorldBuilder } from '../../db/testing-builders';
import { FolderStorage } from '../../lib/platform/storage/folder-storage';
import { prepareObjectFolder } from './object-folder';
import { temporaryFolder } from './temporary-folder';

const inFolder = temporaryFolder();
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const prepare = () =>
  prepareObjectFolder({
    ownerUrl: database.ownerUrl,
    dataDir: inFolder(),
    storage: new FolderStorage(inFolder('objects')),
  });

test('a Lapse that has stored nothing gets its folder, and can use it', async () => {
  await prepare();
  await new FolderStorage(inFolder('objects')).check();
});

test('L9: a folder that is there without its mark is left as it is: its disk may not be mounted', async () => {
  mkdirSync(inFolder('objects'));
  await prepare();
  await expect(new FolderStorage(inFolder('objects')).check()).rejects.toMatchObject({ code: 'unavailable' });
});

test('L9: nor is a folder made where there were objects before', async () => {
  const world = new WorldBuilder(database.db, new Date());
  await world.submission(await world.challenge());
  await prepare();
  expect(existsSync(inFolder('objects'))).toBe(false);
});
