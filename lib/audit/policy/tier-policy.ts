/** The rules of others that set the least an installation keeps; what each asks for is in presets.ts. */
export const PRESET_NAMES = ['pci-dss', 'hipaa', 'sebi'] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

/**
 * How long audit events stay in which tier, and how they are removed. Periods are whole days of 24 hours since an event was
 * final here (time_completed): hot until `hotDays`, in daily archives until `warmDays`, in monthly ones until `coldDays`.
 */
export interface TierPolicy {
  /** False: nothing more is archived, and events go for good after `retentionDays`. */
  archive: boolean;
  hotDays: number;
  warmDays: number;
  /** Null: archives are kept for good. */
  coldDays: number | null;
  /** Days in the hot tier while nothing is archived (O3). */
  retentionDays: number;
  /** Rows at the most by DELETE in one activation of the cleanup (O3). */
  maxDeletedPerActivation: number;
  /** Seconds between two activations of the cleanup (O3). */
  periodSeconds: number;
  /** Whether a whole partition that is old enough is dropped rather than deleted row by row. */
  dropPartitions: boolean;
  /** The rules that the periods must satisfy: sorted, each once. */
  presets: readonly PresetName[];
}

export type PolicyField = keyof TierPolicy;

/** What somebody asks for: what is left out stays as it is. */
export type PolicyChanges = { [F in PolicyField]?: TierPolicy[F] | undefined };

export const DEFAULT_POLICY: Readonly<TierPolicy> = {
  archive: true,
  hotDays: 30,
  warmDays: 365,
  coldDays: null,
  retentionDays: 90,
  maxDeletedPerActivation: 10_000,
  periodSeconds: 600,
  dropPartitions: true,
  presets: [],
};

/**
 * The range of every period (O4). One day is longer than the four hours after which an incomplete event is marked
 * 'timeout', so that nothing is ever old enough to go before it can be final.
 */
export const DAYS_RANGE = { min: 1, max: 36_500 } as const;
export const MAX_DELETED_RANGE = { min: 1, max: 1_000_000 } as const;
/** The cleanup is looked at every ten minutes: it can run less often than that, and not more. */
export const PERIOD_RANGE = { min: 600, max: 86_400, step: 600 } as const;

/** How the fields are called, on every door. */
export const FIELD_TITLES: Record<PolicyField, string> = {
  archive: 'Archiving',
  hotDays: 'Hot tier',
  warmDays: 'Warm tier',
  coldDays: 'Cold tier',
  retentionDays: 'Retention without archives',
  maxDeletedPerActivation: 'Rows in one activation',
  periodSeconds: 'Seconds between activations',
  dropPartitions: 'Dropping of whole partitions',
  presets: 'Rules to satisfy',
};

export const POLICY_FIELDS = Object.keys(FIELD_TITLES) as PolicyField[];

/** Days that events stay in the hot tier. */
export const hotPeriod = ({ archive, hotDays, retentionDays }: TierPolicy): number =>
  archive ? hotDays : retentionDays;

/** Days that events are kept altogether; infinite: for good. */
export const keptDays = ({ archive, coldDays, retentionDays }: TierPolicy): number =>
  archive ? (coldDays ?? Number.POSITIVE_INFINITY) : retentionDays;

export const isSameValue = <F extends PolicyField>(one: TierPolicy[F], other: TierPolicy[F]): boolean =>
  String(one) === String(other);

export const isSamePolicy = (one: TierPolicy, other: TierPolicy): boolean =>
  POLICY_FIELDS.every((field) => isSameValue(one[field], other[field]));
