import { S3Storage, type S3StorageOptions } from '../s3-storage';
import type { S3TestServer } from './s3-test-server';

/** A bucket of a test server, spoken to directly unless `options` name another way; it tries again at once, and once. */
export const s3TestStorage = (
  server: S3TestServer,
  bucket: string,
  options: Partial<S3StorageOptions> = {},
): S3Storage =>
  new S3Storage({
    bucket,
    endpoint: server.endpoint,
    credentials: { accessKeyId: server.accessKeyId, secretAccessKey: server.secretAccessKey },
    forcePathStyle: true,
    retry: { attempts: 2, baseDelayMs: 1, maxDelayMs: 2 },
    ...options,
  });
