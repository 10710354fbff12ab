import { LapseError } from '../errors';

/**
 * The whole days that a log group can be kept for: the 22 values that CloudWatch Logs accepts (Amazon CloudWatch Logs API
 * Reference, PutRetentionPolicy, retentionInDays). The other stores keep to them, so that they can be exchanged.
 */
export const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

export type RetentionDays = (typeof RETENTION_DAYS)[number];

export const isRetentionDays = (days: number): days is RetentionDays =>
  (RETENTION_DAYS as readonly number[]).includes(days);

/** What a store says of one log group. */
export interface LogGroup {
  name: string;
  /** Whole days after which each event goes by its own age; null: events are kept for ever. */
  retentionDays: number | null;
  /** Never later than the oldest event really is; null: there is no event. */
  oldestEventAt: Date | null;
  storedBytes: number;
}

/**
 * - group-missing: there is no such group (yet)
 * - invalid: the name or the number of days is none that the store could take
 * - forbidden: the store refuses us; somebody has to grant it
 * - busy: the store asks to be asked later
 * - unreachable: no answer, or not in time; it is unknown whether the store acted
 * - not-configured: there is no log store (LAPSE_LOG_BACKEND=off)
 * - other: everything else, in the store's own words
 */
export type LogStoreFailureKind =
  | 'group-missing'
  | 'invalid'
  | 'forbidden'
  | 'busy'
  | 'unreachable'
  | 'not-configured'
  | 'other';

/** The store did not do it. The message is for people; it never holds a secret. */
export class LogStoreError extends LapseError {
  readonly kind: LogStoreFailureKind;
  /** Whether the same call may succeed later without anybody doing anything. */
  readonly retryable: boolean;

  constructor(
    kind: LogStoreFailureKind,
    message: string,
    options: { cause?: unknown; retryable?: boolean } = {},
  ) {
    super('unavailable', message, options.cause === undefined ? {} : { cause: options.cause });
    this.kind = kind;
    this.retryable = options.retryable ?? (kind === 'busy' || kind === 'unreachable');
  }
}

/** What went in one turn of `expire`. */
export interface Expired {
  files: number;
  bytes: number;
  /** Expired files that could not be removed; they are tried again. */
  failed: number;
  /** More has expired than one turn takes. */
  more: boolean;
}

/** For a store that expires nothing by itself. */
export interface LocalExpiry {
  /** How many files of the group have only events older than `cutoff`. Removes nothing. */
  count(group: string, cutoff: Date): Promise<number>;
  /**
   * Removes at most `limit` files of the group all of whose events are older than `cutoff`; each is looked at again right
   * before it goes. The caller has decided, under the challenge's lock, that they may go.
   */
  expire(group: string, cutoff: Date, limit: number): Promise<Expired>;
}

/** Groups of log events that expire by their own age. Every method throws LogStoreError. */
export interface LogStore {
  readonly kind: 'cloudwatch' | 'folder' | 'off';
  /** The environment whose workers write here, such as 'production'; it stands in the names of groups. */
  readonly environment: string;
  /** Null: the store expires events by itself. */
  readonly localExpiry: LocalExpiry | null;
  /** One line for people: what it is and where. */
  describe(): string;
  /** Null when there is no such group. */
  describeGroup(name: string): Promise<LogGroup | null>;
  /** Names of the groups that begin with `prefix`, in no promised order. */
  listGroups(prefix: string): AsyncIterable<string>;
  /** `days` is one of RETENTION_DAYS. Events that are older already go at once. Safe to repeat. */
  setRetention(name: string, days: number): Promise<void>;
  /** From then on events are kept for ever. Safe to repeat; a group that is missing has no policy, so that is success. */
  removeRetention(name: string): Promise<void>;
  /** Lets go of idle connections, so that the process can end. */
  close(): Promise<void>;
}

/** What every store refuses before it does anything. Throws LogStoreError 'invalid'. */
export function assertRetentionDays(days: number): void {
  if (isRetentionDays(days)) return;
  throw new LogStoreError(
    'invalid',
    `${days} days is no retention that a log group can have: use one of ${RETENTION_DAYS.join(', ')}.`,
  );
}
