import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readEnv } from '../env';
import { createStorage } from './create-storage';
import { whyNotLocalFolder } from './local-folder';

let folder: string;
let data: string;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'lapse-local-')));
  data = path.join(folder, 'data');
  await mkdir(path.join(data, 'objects'), { recursive: true });
  await mkdir(path.join(folder, 'platform'));
  await symlink(data, path.join(folder, 'link'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each([
  ['data', 'it is LAPSE_DATA_DIR itself'],
  ['.', 'lies in it'],
  ['..', 'lies in it'],
  ['data/..objects', 'it lies in LAPSE_DATA_DIR'],
  ['data/objects', 'it lies in LAPSE_DATA_DIR'],
  ['data/postgres', 'it lies in LAPSE_DATA_DIR'],
  ['data/objects/local/deeper', 'it lies in LAPSE_DATA_DIR'],
  ['link', 'it is LAPSE_DATA_DIR itself'],
  ['link/objects', 'it lies in LAPSE_DATA_DIR'],
])('L1, L5: the folder of local files never reaches the data of Lapse: %s', (place, why) => {
  const local = path.join(folder, place);
  expect(whyNotLocalFolder(local, data)).toContain(why);
  const environment = { LAPSE_DATA_DIR: data, LAPSE_LOCAL_FILES_DIR: local };
  expect(() => readEnv(environment)).toThrow(`LAPSE_LOCAL_FILES_DIR=${local}: `);
  // The folder of the data may be another one than the environment says, by the root that Lapse was started in.
  expect(() => createStorage({ ...readEnv({ LAPSE_LOCAL_FILES_DIR: local }), LAPSE_DATA_DIR: data })).toThrow(
    why,
  );
});

test.each(['platform', 'data-of-the-platform', 'data/objects/local', 'link/objects/local'])(
  'it may be %s',
  (place) => {
    const environment = { LAPSE_DATA_DIR: data, LAPSE_LOCAL_FILES_DIR: path.join(folder, place) };
    expect(() => createStorage(readEnv(environment))).not.toThrow();
  },
);
