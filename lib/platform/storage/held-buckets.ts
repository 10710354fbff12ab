import { readEnv } from '../env';

/**
 * The names under which others may call the bucket that the store of this name is: its own, 'folder' for a folder, and those that the
 * environment gives it. An object of any other bucket cannot be asked for here, and its absence here says nothing.
 */
export function heldBuckets(store: string): string[] {
  return [store.replace(/^s3:\/\//, ''), ...readEnv().LAPSE_BUCKET_NAMES];
}
