/** The rules of others that set the least an installation keeps (lib/audit/policy/presets). */
export type PresetName = 'pci-dss' | 'hipaa' | 'sebi';

/**
 * How long audit events stay in which tier, and how they are removed. Periods are whole days of 24 hours since an event was
 * final here (time_completed): hot until `hotDays`, in daily archives until `warmDays`, in monthly ones until `coldDays`.
 */
export interface TierPolicy {
  /** False: nothing is archived from now on, and events go for good after `retentionDays`. */
  archive: boolean;
  hotDays: number;
  warmDays: number;
  /** Null: archives are kept for good. */
  coldDays: number | null;
  /** Days in the hot tier where nothing is archived (O3). */
  retentionDays: number;
  /** Rows at the most by DELETE in one activation of the cleanup (O3). */
  maxDeletedPerActivation: number;
  /** Seconds between two activations of the cleanup (O3). */
  periodSeconds: number;
  /** Whether a whole partition that is old enough is dropped rather than deleted row by row. */
  dropPartitions: boolean;
  /** The rules that the periods must satisfy; sorted, each once. */
  presets: PresetName[];
}

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
