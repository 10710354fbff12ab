import { z } from 'zod';
import { formatLimit } from './format';

/**
 * The variables that fix how long audit events stay in which tier, and how they are removed. One that is not set, or is
 * empty, fixes nothing. What they say together is for lib/audit/policy/environment.
 */
export const auditRetentionVariables = {
  /** Whether events are archived; off: they go for good after LAPSE_AUDIT_LOG_CLEANUP_RETENTION_DAYS. */
  LAPSE_AUDIT_ARCHIVE: onOrOff(),
  LAPSE_AUDIT_HOT_DAYS: whole(1, 36_500, 'number of days'),
  LAPSE_AUDIT_WARM_DAYS: whole(1, 36_500, 'number of days'),
  /** 'forever': archives never expire. */
  LAPSE_AUDIT_COLD_DAYS: whole(1, 36_500, 'number of days', { forever: null }),
  /** Names of rules that the periods must satisfy, with commas between them; 'none' fixes that there are none. */
  LAPSE_AUDIT_PRESET: names(['pci-dss', 'hipaa', 'sebi']),
  LAPSE_AUDIT_LOG_CLEANUP_PERIOD_SECS: whole(600, 86_400, 'number of seconds').refine(
    (value) => value === undefined || value % 600 === 0,
    'use 600 to 86,400 seconds in steps of 600, for the cleanup is looked at every ten minutes',
  ),
  LAPSE_AUDIT_LOG_CLEANUP_RETENTION_DAYS: whole(1, 36_500, 'number of days'),
  LAPSE_AUDIT_LOG_CLEANUP_MAX_DELETED_PER_ACTIVATION: whole(1, 1_000_000, 'number of rows'),
  LAPSE_AUDIT_LOG_CLEANUP_DROP_PARTITIONS: onOrOff(),
};

/** A trimmed text that `read` understands; `read` gives undefined for one that it does not. */
function variable<T>(read: (text: string) => T | undefined, allowed: string) {
  return z
    .string()
    .optional()
    .transform((given, context): T | undefined => {
      const text = given?.trim() ?? '';
      if (text === '') return undefined;
      const value = read(text);
      if (value === undefined) context.addIssue({ code: 'custom', message: allowed });
      return value;
    });
}

/** Digits only, so that neither '7e2' nor '0x7' nor '1.5' is taken for a number. */
function whole(min: number, max: number, what: string): ReturnType<typeof variable<number>>;
function whole(
  min: number,
  max: number,
  what: string,
  words: Record<string, null>,
): ReturnType<typeof variable<number | null>>;
function whole(min: number, max: number, what: string, words: Record<string, null> = {}) {
  const others = Object.keys(words).map((word) => `, or ${word}`);
  return variable<number | null>(
    (text) => {
      if (Object.hasOwn(words, text)) return null;
      const value = Number(text);
      return /^\d{1,15}$/.test(text) && value >= min && value <= max ? value : undefined;
    },
    `use a whole ${what} from ${formatLimit(min)} to ${formatLimit(max)}${others.join('')}`,
  );
}

const MEANINGS = new Map([
  ['1', true],
  ['true', true],
  ['on', true],
  ['0', false],
  ['false', false],
  ['off', false],
]);

function onOrOff() {
  return variable((text) => MEANINGS.get(text), 'use one of 1, 0, true, false, on, off');
}

function names<const N extends string>(known: readonly N[]) {
  return variable(
    (text): readonly N[] | undefined => {
      if (text === 'none') return [];
      const given = text.split(',').map((name) => name.trim());
      const found = known.filter((name) => given.includes(name));
      return given.every((name) => (known as readonly string[]).includes(name))
        ? [...found].sort()
        : undefined;
    },
    `use none, or one or more of ${known.join(', ')} with commas between them`,
  );
}
