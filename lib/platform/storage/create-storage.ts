import path from 'node:path';
import type { Env } from '../env';
import { FolderStorage } from './folder-storage';
import { defaultLocalFolder, whyNotLocalFolder } from './local-folder';
import type { ObjectStorage } from './object-storage';
import { RoutedStorage } from './routed-storage';
import { S3Storage } from './s3-storage';

type StorageEnv = Pick<
  Env,
  | 'LAPSE_DATA_DIR'
  | 'S3_BUCKET'
  | 'S3_REGION'
  | 'S3_ENDPOINT'
  | 'S3_ACCESS_KEY_ID'
  | 'S3_SECRET_ACCESS_KEY'
  | 'S3_FORCE_PATH_STYLE'
> &
  Partial<Pick<Env, 'LAPSE_LOCAL_FILES_DIR'>>;

/**
 * S3 when S3_BUCKET is set, else the folder `objects` in LAPSE_DATA_DIR. Files of the platform's own disk, whose keys begin
 * with 'local/', lie in LAPSE_LOCAL_FILES_DIR, and where that is not set in the folder `local` beside the other objects: a store of its
 * own in either case, since a disk that is not mounted must not pass for one without files. Reaches for none before it is used. Throws for a folder of local files that would reach into what is Lapse's own.
 */
export function createStorage(env: StorageEnv): ObjectStorage {
  const { LAPSE_DATA_DIR: dataDir, LAPSE_LOCAL_FILES_DIR: localDir } = env;
  const why = localDir && whyNotLocalFolder(localDir, dataDir);
  if (why) throw new Error(`LAPSE_LOCAL_FILES_DIR=${localDir}: ${why}.`);
  return new RoutedStorage(
    createMain(env, path.join(dataDir, 'objects')),
    new FolderStorage(localDir ?? defaultLocalFolder(dataDir)),
    { preparesLocal: !localDir },
  );
}

function createMain(env: StorageEnv, objects: string): ObjectStorage {
  if (!env.S3_BUCKET) return new FolderStorage(objects);
  const accessKeyId = env.S3_ACCESS_KEY_ID;
  const secretAccessKey = env.S3_SECRET_ACCESS_KEY;
  if (!accessKeyId !== !secretAccessKey) {
    throw new Error(
      'Set both S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY, or neither (then AWS itself is asked).',
    );
  }
  return new S3Storage({
    bucket: env.S3_BUCKET,
    forcePathStyle: env.S3_FORCE_PATH_STYLE,
    ...(env.S3_REGION ? { region: env.S3_REGION } : {}),
    ...(env.S3_ENDPOINT ? { endpoint: env.S3_ENDPOINT } : {}),
    ...(accessKeyId && secretAccessKey ? { credentials: { accessKeyId, secretAccessKey } } : {}),
  });
}
