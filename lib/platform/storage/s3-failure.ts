import { LapseError } from '../errors';
import type { StorageFailureKind } from './object-storage';

/** What went wrong with S3, in the words of the storage interface. */
export interface S3Trouble {
  kind: StorageFailureKind;
  error: string;
  retryable: boolean;
}

const BUSY = new Set([
  'SlowDown',
  'SlowDownRead',
  'SlowDownWrite',
  'ServiceUnavailable',
  'Throttling',
  'ThrottlingException',
  'RequestLimitExceeded',
  'TooManyRequests',
  'OperationAborted',
  // Somebody wrote or deleted the object in the same moment: asked again, the condition has an answer.
  'ConditionalRequestConflict',
]);

/** The store's own troubles, which it asks to try again. */
const TRANSIENT = new Set(['InternalError', 'RequestTimeout', 'XAmzContentSHA256Mismatch', 'BadDigest']);

/** Node's codes and the SDK's names for "no answer". */
const NO_ANSWER = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'TimeoutError',
  'AbortError',
]);

const FORBIDDEN = new Set([
  'AccessDenied',
  'AllAccessDisabled',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'ExpiredToken',
  'InvalidToken',
  'CredentialsProviderError',
]);

/** Says what a code, and where there is no code an HTTP status, of S3 means. Also for the errors of single keys. */
export function troubleOf(code: string, status: number | undefined, message: string): S3Trouble {
  const error = message && message !== code ? `${code}: ${message}` : code;
  const as = (kind: StorageFailureKind, retryable: boolean): S3Trouble => ({ kind, error, retryable });
  if (code === 'NoSuchBucket') return as('store-missing', false);
  // The code of directory buckets is '412 Precondition Failed'.
  if (code === 'PreconditionFailed' || code.startsWith('412 ') || status === 412) return as('changed', false);
  if (BUSY.has(code) || status === 503 || status === 429) return as('busy', true);
  if (NO_ANSWER.has(code)) return as('unreachable', true);
  // S3 says AccessDenied for an object that a lock protects as well; only the text tells.
  if (/object lock|worm|legal hold|retention/i.test(message)) return as('locked', false);
  if (FORBIDDEN.has(code) || status === 403 || status === 401) return as('forbidden', false);
  if (code === 'KeyTooLongError') return as('invalid-key', false);
  return as('other', TRANSIENT.has(code) || (status !== undefined && status >= 500 && status !== 501));
}

interface ErrorOfSdk {
  name?: string;
  code?: string;
  Code?: string;
  message?: string;
  $metadata?: { httpStatusCode?: number; clockSkewCorrected?: boolean };
}

/** The code that the store gave, of anything that the SDK throws. */
export function codeOf(thrown: unknown): string | undefined {
  const error = (thrown ?? {}) as ErrorOfSdk;
  return error.Code ?? error.code ?? error.name;
}

/** The trouble behind anything that the SDK throws. */
export function troubleOfError(thrown: unknown): S3Trouble {
  const error = (thrown ?? {}) as ErrorOfSdk;
  const status = error.$metadata?.httpStatusCode;
  // A network error has Node's code; a failed HEAD has no body, so only its status says anything.
  const code = codeOf(thrown) ?? 'Error';
  const known = status !== undefined && /^(\d+|Unknown\w*|Error)$/.test(code) ? `HTTP ${status}` : code;
  const trouble = troubleOf(known, status, plainMessage(error.message));
  // The SDK has just learnt the difference between the clocks: the next attempt is signed with the right time.
  if (error.$metadata?.clockSkewCorrected) return { ...trouble, retryable: true };
  return trouble;
}

/** The SDK has placeholders for answers without a text, and adds hints for programmers on further lines. */
function plainMessage(message = ''): string {
  const [first = ''] = message.split('\n');
  return /^Unknown(Error)?$/.test(first) ? '' : first;
}

export const statusOf = (thrown: unknown) => ((thrown ?? {}) as ErrorOfSdk).$metadata?.httpStatusCode;

export const isRetryable = (thrown: unknown) => troubleOfError(thrown).retryable;

/** The failure of the whole store, for people. */
export function storeUnavailable(what: string, thrown: unknown): LapseError {
  return new LapseError('unavailable', `${what}: ${troubleOfError(thrown).error}.`, { cause: thrown });
}
