import { chmodSync } from 'node:fs';
import path from 'node:path';
import postgres from 'postgres';
import { expect, test } from 'vitest';
import { readConfiguration } from './configuration';
import { openDatabase } from './database';
import { temporaryFolder } from './temporary-folder';

const inFolder = temporaryFolder();

test('L8: with our own server the product is not given the owner of the tables', async () => {
  // As root the database runs as another user, who must be able to pass through.
  if (process.geteuid?.() === 0) chmodSync(inFolder(), 0o711);
  const root = path.resolve(import.meta.dirname, '../..');
  const database = await openDatabase(
    readConfiguration(root, [], { LAPSE_DATA_DIR: inFolder() }),
    () => undefined,
  );
  try {
    const url = await database.migrate();
    const [asOwner, asProduct] = [database.ownerUrl, url].map((one) => postgres(one, { max: 1 }));
    const isSuperuser = `select usesuper as super from pg_user where usename = session_user`;
    expect(await asOwner?.unsafe(isSuperuser)).toEqual([{ super: true }]);
    expect(await asProduct?.unsafe(isSuperuser)).toEqual([{ super: false }]);
    await Promise.all([asOwner?.end(), asProduct?.end()]);
  } finally {
    await database.embedded?.stop();
  }
});
