import path from 'node:path';
import type { Env } from '../env';
import { FolderStorage } from './folder-storage';
import type { ObjectStorage } from './object-storage';
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
>;

/** S3 when S3_BUCKET is set, else the folder `objects` in LAPSE_DATA_DIR. Reaches for neither before it is used. */
export function createStorage(env: StorageEnv): ObjectStorage {
  if (!env.S3_BUCKET) return new FolderStorage(path.join(env.LAPSE_DATA_DIR, 'objects'));
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
