import type { z } from 'zod';
import { wholeNumber } from '@/lib/platform/fields';

/** What the numbers of a setting count; bytes are shown with their size in words. */
export type SettingUnit = 'percent' | 'objects' | 'files' | 'bytes' | 'seconds';

export type SettingGroup = 'approvals' | 'cleanup' | 'audit-size';

export const SETTING_GROUPS: Record<SettingGroup, { title: string; help: string }> = {
  approvals: {
    title: 'Approvals',
    help: 'A plan that is run by hand and is larger than these limits needs a second admin. Scheduled runs follow the policy that hosts consented to, and need no approval. What the same person ran by hand in the last 24 hours counts with the plan. A lower limit holds at once, a higher one 7 days after it was asked for.',
  },
  cleanup: {
    title: 'Cleanup',
    help: 'How a run deletes, and when it stops itself. A run that is under way follows a change from its next batch on.',
  },
  'audit-size': {
    title: 'Size of the audit log',
    help: 'From when on the size of the audit log is worth a warning. Nothing is deleted because of it: how long events stay is decided by their age.',
  },
};

export interface Setting {
  group: SettingGroup;
  title: string;
  help: string;
  unit: SettingUnit;
  min: number;
  max: number;
  default: number;
  /**
   * 'higher': a higher number guards less, so it holds only LOOSENING_DAYS after it was asked for (L4). Null: every change
   * holds at once.
   */
  loosens: 'higher' | null;
  /** What anybody may set. */
  schema: z.ZodType<number>;
  /** What is read from the database: wider where a row may come from tests, which cannot wait. */
  stored: z.ZodType<number>;
}

/** Whole days that everybody has to see, and to stop, what loosens a guard. */
export const LOOSENING_DAYS = 7;

type Defined = Omit<Setting, 'schema' | 'stored' | 'loosens'> &
  Partial<Pick<Setting, 'loosens'>> & { storedMin?: number };

function define({ storedMin, ...setting }: Defined): Setting {
  const from = (min: number) => wholeNumber(min, setting.max, NOUNS[setting.unit]);
  return { loosens: null, ...setting, schema: from(setting.min), stored: from(storedMin ?? setting.min) };
}

const NOUNS: Record<SettingUnit, string> = {
  percent: 'percentage',
  objects: 'number of objects',
  files: 'number of files',
  bytes: 'number of bytes',
  seconds: 'number of seconds',
};

/** Every setting: its range, its default, and what it does, in words for the screen. */
export const SETTINGS = {
  'approval.above-files': define({
    group: 'approvals',
    title: 'Files without a second admin',
    help: 'A plan that deletes more files than this needs the approval of an admin who neither made it nor runs it; and so does a shorter retention period that holds for more files, by an admin who did not ask for it. 0: every one that concerns a file needs it.',
    unit: 'files',
    min: 0,
    max: 1_000_000_000,
    default: 10_000,
    loosens: 'higher',
  }),
  'approval.above-bytes': define({
    group: 'approvals',
    title: 'Bytes without a second admin',
    help: 'The same for the bytes that a plan deletes. A preview asks the store for sizes that nobody has told, 10,000 at the most; a plan with files whose size stays unknown needs a second admin above 1% of the files without one.',
    unit: 'bytes',
    min: 0,
    max: 1_000_000_000_000_000,
    default: 1_000_000_000_000,
    loosens: 'higher',
  }),
  'cleanup.max-challenge-share-percent': define({
    group: 'cleanup',
    title: 'Largest share of a challenge in one run',
    help: "A run stops itself before it deletes more than this share of one challenge's artifacts. 100 lets a challenge that has ended go at once, as its hosts were told.",
    unit: 'percent',
    min: 1,
    max: 100,
    default: 100,
  }),
  'cleanup.max-error-percent': define({
    group: 'cleanup',
    title: 'Largest share of errors',
    help: 'Counted once 20 objects were tried. A challenge with more errors than this is set aside, and the others go on; a run with more errors in the others stops itself.',
    unit: 'percent',
    min: 1,
    max: 100,
    default: 10,
  }),
  'cleanup.max-absent-percent': define({
    group: 'cleanup',
    title: 'Largest share of absent files',
    help: 'A file that is not in the store any more counts as deleted. Once 20 were tried, a run with more such files than this stops itself before it writes that down: the store may be another one, or emptied. Files whose deletion failed before are not counted.',
    unit: 'percent',
    min: 1,
    max: 100,
    default: 50,
  }),
  'cleanup.challenge-budget': define({
    group: 'cleanup',
    title: 'Files of a challenge in one turn',
    help: 'Challenges take turns in a run, so that a large one does not keep the others waiting. It holds for plans made from now on.',
    unit: 'files',
    min: 1,
    max: 100_000,
    default: 200,
  }),
  'cleanup.batch-size': define({
    group: 'cleanup',
    title: 'Objects in one batch',
    help: 'Consent, holds and policy are checked again for every batch.',
    unit: 'objects',
    min: 1,
    max: 1000,
    default: 1000,
  }),
  'cleanup.takeover-seconds': define({
    group: 'cleanup',
    title: 'Seconds before an interrupted deletion is given back',
    help: 'A process that was cut off may still have a request at the store. Files that it had committed to are given back only after so long, so that nothing is promised to stay that may still go.',
    unit: 'seconds',
    // Half of it is for what is under way at the store; with next to nothing the promise would be empty.
    min: 30,
    storedMin: 0,
    max: 3600,
    default: 300,
  }),
  'audit.hot-bytes-warning': define({
    group: 'audit-size',
    title: 'Bytes of the hot tier to be warned of',
    help: "Tables and indexes of the audit log in the database. The log's page on its size says when they will be reached. 0: no warning.",
    unit: 'bytes',
    min: 0,
    max: 1_000_000_000_000_000,
    default: 0,
  }),
  'audit.archive-bytes-warning': define({
    group: 'audit-size',
    title: 'Bytes of the archives to be warned of',
    help: 'The same for the archived objects of the warm and the cold tier together. 0: no warning.',
    unit: 'bytes',
    min: 0,
    max: 1_000_000_000_000_000,
    default: 0,
  }),
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;

/** The settings that loosen later; their value depends on when it is asked for (readSettingAt). */
export type DelayedSettingName = 'approval.above-files' | 'approval.above-bytes';

export const SETTING_NAMES = Object.keys(SETTINGS) as [SettingName, ...SettingName[]];
