import { LogStoreError, type LogStoreFailureKind } from './log-store';

const KINDS: Record<string, LogStoreFailureKind> = {
  ResourceNotFoundException: 'group-missing',
  InvalidParameterException: 'invalid',
  ValidationException: 'invalid',
  AccessDeniedException: 'forbidden',
  UnrecognizedClientException: 'forbidden',
  InvalidClientTokenId: 'forbidden',
  InvalidSignatureException: 'forbidden',
  SignatureDoesNotMatch: 'forbidden',
  ExpiredTokenException: 'forbidden',
  MissingAuthenticationTokenException: 'forbidden',
  CredentialsProviderError: 'forbidden',
  // Throttling comes with status 400 here.
  ThrottlingException: 'busy',
  Throttling: 'busy',
  TooManyRequestsException: 'busy',
  RequestLimitExceeded: 'busy',
  LimitExceededException: 'busy',
  ServiceUnavailableException: 'busy',
  ServiceUnavailable: 'busy',
  InternalFailure: 'busy',
  // Somebody changes the same group in the same moment.
  OperationAbortedException: 'busy',
  ECONNRESET: 'unreachable',
  ECONNREFUSED: 'unreachable',
  ECONNABORTED: 'unreachable',
  EPIPE: 'unreachable',
  ETIMEDOUT: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENOTFOUND: 'unreachable',
  EAI_AGAIN: 'unreachable',
  TimeoutError: 'unreachable',
  AbortError: 'unreachable',
};

interface ErrorOfSdk {
  name?: string;
  code?: string;
  message?: string;
  $metadata?: { httpStatusCode?: number; clockSkewCorrected?: boolean };
}

/** Anything that the SDK throws, in the words of the log store. `what` begins the message, such as 'Asking for X'. */
export function cloudWatchFailure(what: string, thrown: unknown): LogStoreError {
  if (thrown instanceof LogStoreError) return thrown;
  const error = (thrown ?? {}) as ErrorOfSdk;
  const code = error.code ?? error.name ?? 'Error';
  const kind = KINDS[code] ?? byStatus(error.$metadata?.httpStatusCode);
  const [message = ''] = (error.message ?? '').split('\n');
  const words = message && message !== code ? `${code}: ${message}` : code;
  return new LogStoreError(kind, `${what} failed: ${words}`, {
    cause: thrown,
    // The SDK has just learnt the difference between the clocks: the next attempt is signed with the right time.
    ...(error.$metadata?.clockSkewCorrected ? { retryable: true } : {}),
  });
}

function byStatus(status: number | undefined): LogStoreFailureKind {
  if (status === undefined) return 'other';
  if (status === 401 || status === 403) return 'forbidden';
  return status >= 500 || status === 429 ? 'busy' : 'other';
}
