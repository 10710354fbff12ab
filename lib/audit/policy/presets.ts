import { keptDays, type PresetName, type TierPolicy } from './tier-policy';

export interface Preset {
  title: string;
  /** Where the rule stands. */
  source: string;
  /** What it asks for, and how Lapse reads it. */
  reading: string;
  /** Days that every event is kept at least, wherever. Months and years count with their longest. */
  keptDays: number;
  /** Days within which events are at once to be searched: in the hot tier, or in daily archives. */
  atOnceDays: number;
}

/** The least that each rule asks for. Whether one applies to an installation, its operators know. */
export const PRESETS: Record<PresetName, Preset> = {
  'pci-dss': {
    title: 'PCI DSS',
    source: 'PCI DSS 4.0.1, requirement 10.5.1',
    reading:
      'Audit logs are kept for 12 months, the last three of them immediately available. Its guidance counts logs online and archived logs as available; Lapse counts the hot and the warm tier, which one search covers, and not the cold one, whose storage may answer late.',
    keptDays: 366,
    atOnceDays: 92,
  },
  hipaa: {
    title: 'HIPAA',
    source: '45 CFR 164.316(b)(2)(i)',
    reading:
      'Documentation is kept for 6 years from when it was made or was last in effect. Lapse counts from when an event was final.',
    keptDays: 2192,
    atOnceDays: 0,
  },
  sebi: {
    title: 'SEBI',
    source: 'SEBI (Stock Brokers) Regulations 1992, regulation 18',
    reading: 'Books of account and other records are preserved for at least five years.',
    keptDays: 1827,
    atOnceDays: 0,
  },
};

/** A period that a chosen rule finds too short. */
export interface Shortfall {
  preset: PresetName;
  field: 'warmDays' | 'coldDays' | 'retentionDays';
  value: number;
  minimum: number;
}

/** Where a policy falls short of the rules that it is to satisfy; empty when it does not. */
export function shortfalls(policy: TierPolicy): Shortfall[] {
  return policy.presets.flatMap((preset) => {
    const { keptDays: kept, atOnceDays } = PRESETS[preset];
    const short: Shortfall[] = [];
    const field = policy.archive ? 'coldDays' : 'retentionDays';
    if (keptDays(policy) < kept) short.push({ preset, field, value: keptDays(policy), minimum: kept });
    if (policy.archive && policy.warmDays < atOnceDays) {
      short.push({ preset, field: 'warmDays', value: policy.warmDays, minimum: atOnceDays });
    }
    return short;
  });
}

/** The policy with the periods that fall short of its rules raised to what they ask for; nothing else is changed. */
export function raisedToPresets(policy: TierPolicy): TierPolicy {
  const raised = { ...policy };
  for (const { field, minimum } of shortfalls(policy)) {
    raised[field] = Math.max(raised[field] ?? 0, minimum);
  }
  // A longer warm tier must still end before the cold one does.
  if (raised.coldDays !== null && raised.coldDays <= raised.warmDays) raised.coldDays = raised.warmDays + 1;
  return raised;
}
