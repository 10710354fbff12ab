import { existsSync } from 'node:fs';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import { connect } from '../../db/client';
import type { ObjectStorage } from '../../lib/platform/storage/object-storage';

export interface ObjectFolderOptions {
  ownerUrl: string;
  dataDir: string;
  storage: ObjectStorage;
}

/**
 * Makes the folder of objects of a Lapse that has never stored one. Later a folder that is missing, or lacks its mark, is a disk
 * that is not mounted: it stays as it is, and every job that needs it says so.
 */
export async function prepareObjectFolder({
  ownerUrl,
  dataDir,
  storage,
}: ObjectFolderOptions): Promise<void> {
  if (existsSync(path.join(dataDir, 'objects')) || (await hasStored(ownerUrl))) return;
  await storage.prepare();
}

async function hasStored(ownerUrl: string): Promise<boolean> {
  const { db, close } = connect(ownerUrl, { as: 'owner', max: 1 });
  try {
    const [found] = await db.execute<{ any: boolean }>(sql`
      select exists (select from artifacts) or exists (select from audit_archives)
        or exists (select from anonymous_files) as any`);
    return found?.any ?? false;
  } finally {
    await close();
  }
}
