import { LapseError } from '../errors';
import type { StorageFailure, StorageFailureKind } from './object-storage';

/** Something at the place of an object that is not an object of ours and is left alone, such as a symbolic link. */
export class NotAnObject extends Error {
  override readonly name = 'NotAnObject';
}

export function errnoOf(error: unknown): string | undefined {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** No file of that path. ENOTDIR: what would be its folder is a file. */
export const isMissing = (error: unknown) => ['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '');

const KINDS: Record<string, StorageFailureKind> = {
  EACCES: 'forbidden',
  EPERM: 'forbidden',
  EROFS: 'forbidden',
  EBUSY: 'busy',
  EMFILE: 'busy',
  ENFILE: 'busy',
  EAGAIN: 'busy',
  // A disk or a network share that answers no longer.
  EIO: 'unreachable',
  ESTALE: 'unreachable',
  ETIMEDOUT: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENOTCONN: 'unreachable',
  ENAMETOOLONG: 'invalid-key',
};

export function folderFailure(key: string, error: unknown): StorageFailure {
  if (error instanceof NotAnObject) {
    return { key, outcome: 'failed', kind: 'invalid-key', error: error.message, retryable: false };
  }
  if (error instanceof LapseError) {
    return { key, outcome: 'failed', kind: 'store-missing', error: error.message, retryable: false };
  }
  const kind = KINDS[errnoOf(error) ?? ''] ?? 'other';
  const text = error instanceof Error ? error.message : String(error);
  return { key, outcome: 'failed', kind, error: text, retryable: kind === 'busy' || kind === 'unreachable' };
}
