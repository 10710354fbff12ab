import type { S3Client } from '@aws-sdk/client-s3';
import type { SeenVersions, StatResult } from './object-storage';
import type { RetryPolicy } from './retry';
import type { Versioning } from './s3-versioning';

/** What a deletion at S3 needs to know, whichever keys it is about. */
export interface S3Deletion {
  client: S3Client;
  bucket: string;
  retry: RetryPolicy;
  versioning: Versioning;
  /** The versions that may go; a key without one goes whatever it holds. */
  seen: SeenVersions;
  /** Whether the store is known to keep the condition that goes with a deletion. */
  keepsConditions: boolean;
  /** `stat` of the same store. */
  look: (keys: readonly string[]) => Promise<Map<string, StatResult>>;
  /** Once it is aborted the store is asked for no further deletion. */
  signal?: AbortSignal | undefined;
}
