import { GetBucketVersioningCommand, type S3Client } from '@aws-sdk/client-s3';
import { isRetryable } from './s3-failure';

/** 'unknown': the store did not say, because we may not ask or because it does not know the question. */
export type Versioning = 'enabled' | 'suspended' | 'never' | 'unknown';

/** Never throws. NULL: no answer this time, so that it is worth asking again. */
export async function readVersioning(client: S3Client, bucket: string): Promise<Versioning | null> {
  try {
    const { Status } = await client.send(new GetBucketVersioningCommand({ Bucket: bucket }));
    if (Status === 'Enabled') return 'enabled';
    return Status === 'Suspended' ? 'suspended' : 'never';
  } catch (error) {
    return isRetryable(error) ? null : 'unknown';
  }
}

/**
 * What a deletion leaves behind. A store that keeps versions answers with a delete marker: it hides the object, and each
 * earlier version stays until it is deleted by itself. The marker is believed also when the bucket's setting could not
 * be read or was changed since; without one, and without knowing the setting, nothing speaks for older versions.
 */
export function remainsAfter(versioning: Versioning, markerMade: boolean): string | null {
  if (versioning === 'suspended') {
    return 'older versions may remain: the bucket kept versions once; its lifecycle rules decide when they go';
  }
  if (versioning === 'enabled' || markerMade) {
    return 'older versions remain: the bucket is versioned; its lifecycle rules decide when they go';
  }
  return null;
}
