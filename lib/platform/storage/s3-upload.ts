import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { ObjectBody, StorageClass } from './object-storage';
import { type RetryPolicy, withRetries } from './retry';
import { isRetryable } from './s3-failure';

export interface S3Upload {
  client: S3Client;
  bucket: string;
  retry: RetryPolicy;
  storageClass: StorageClass | undefined;
}

/** Uploads in one request (S3 takes up to 5 GB so). Throws what the SDK throws. */
export async function uploadToS3(upload: S3Upload, key: string, body: ObjectBody): Promise<void> {
  if (body instanceof Readable) return uploadStream(upload, key, body);
  if ('file' in body) return uploadFile(upload, key, body.file);
  await send(upload, key, body.byteLength, () => body);
}

/**
 * S3 wants to know the length before the first byte, and a stream cannot be sent a second time. So it goes to a temporary
 * file first, readable by this user only, which is removed whatever happens.
 */
async function uploadStream(upload: S3Upload, key: string, body: Readable): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'lapse-upload-'));
  try {
    const file = path.join(folder, 'body');
    await pipeline(body, createWriteStream(file, { mode: 0o600 }));
    await uploadFile(upload, key, file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function uploadFile(upload: S3Upload, key: string, file: string): Promise<void> {
  const { size } = await stat(file);
  await send(upload, key, size, () => createReadStream(file));
}

async function send(
  { client, bucket, retry, storageClass }: S3Upload,
  key: string,
  length: number,
  body: () => Uint8Array | Readable,
): Promise<void> {
  await withRetries(retry, isRetryable, () =>
    client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: body(),
        ContentLength: length,
        StorageClass: storageClass,
      }),
    ),
  );
}
