import { describe, expect, test } from 'vitest';
import { readEnv } from '@/lib/platform/env';
import { TIMEOUT_AFTER_HOURS } from '../maintain';
import { checkPolicyEnvironment, fixedByEnvironment, VARIABLES } from './environment';
import { policyProblems } from './policy-problems';
import { changesSchema, policySchema } from './policy-schema';
import { PRESETS, raisedToPresets, shortfalls } from './presets';
import { longestOf, settle } from './retain-longest';
import { DAYS_RANGE, DEFAULT_POLICY, type PolicyChanges, PRESET_NAMES, type TierPolicy } from './tier-policy';

const policy = (changes: PolicyChanges = {}): TierPolicy => ({ ...DEFAULT_POLICY, ...changes }) as TierPolicy;
const messages = (value: unknown): string[] => {
  const read = changesSchema.safeParse(value);
  return read.success ? [] : read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
};

const DAY_FIELDS = ['hotDays', 'warmDays', 'coldDays', 'retentionDays'] as const;
const BAD_DAYS = [
  0,
  -1,
  1.5,
  36_501,
  2 ** 31,
  2 ** 53,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  '30',
  true,
  [30],
  {},
];

describe('O4, L10: a value out of range is refused with the value and what is allowed', () => {
  test.each(DAY_FIELDS)('%s', (field) => {
    for (const value of BAD_DAYS) {
      const [message] = messages({ [field]: value });
      expect(message).toMatch(/use a whole number of days from 1 to 36,500$/);
      if (typeof value === 'number') expect(message).toContain(`${value} is not`);
    }
    expect(messages({ [field]: 1 })).toEqual([]);
    expect(messages({ [field]: 36_500 })).toEqual([]);
  });

  test('null is for the cold tier alone, and means for good', () => {
    expect(messages({ coldDays: null })).toEqual([]);
    for (const field of ['hotDays', 'warmDays', 'retentionDays']) {
      expect(messages({ [field]: null })).toEqual([expect.stringContaining('null is not a number')]);
    }
  });

  test('rows of an activation', () => {
    for (const value of [0, -1, 1_000_001, 0.5, Number.NaN, '10000']) {
      expect(messages({ maxDeletedPerActivation: value })[0]).toMatch(
        /use a whole number of rows from 1 to 1,000,000$/,
      );
    }
    expect(messages({ maxDeletedPerActivation: 1 })).toEqual([]);
  });

  test('O3: the cleanup runs no more often than its job, and in its steps', () => {
    for (const value of [0, 1, 599, 86_401, Number.NaN, '600']) {
      expect(messages({ periodSeconds: value })[0]).toMatch(/number of seconds from 600 to 86,400$/);
    }
    expect(messages({ periodSeconds: 900 })).toEqual([expect.stringContaining('in steps of 600')]);
    for (const value of [600, 1200, 86_400]) expect(messages({ periodSeconds: value })).toEqual([]);
  });

  test('switches and rules', () => {
    for (const value of ['true', 1, 0, null]) {
      expect(messages({ archive: value })[0]).toContain('use true or false');
      expect(messages({ dropPartitions: value })[0]).toContain('use true or false');
    }
    expect(messages({ presets: ['gdpr'] })[0]).toContain('"gdpr" is not known: use pci-dss, hipaa, sebi');
    expect(messages({ presets: 'hipaa' })[0]).toContain('is no list');
    expect(changesSchema.parse({ presets: ['sebi', 'hipaa', 'sebi'] }).presets).toEqual(['hipaa', 'sebi']);
    expect(messages({ hotdays: 3 })).toHaveLength(1);
  });

  test('the shortest period is longer than the timeout of incomplete events', () => {
    expect(DAYS_RANGE.min * 24).toBeGreaterThan(TIMEOUT_AFTER_HOURS);
  });

  test('the defaults are possible', () => {
    expect(policySchema.parse(DEFAULT_POLICY)).toEqual(DEFAULT_POLICY);
    expect(policyProblems(DEFAULT_POLICY)).toEqual([]);
    expect(policyProblems(policy({ presets: [...PRESET_NAMES] }))).toEqual([]);
  });
});

describe('T1: the tiers follow each other', () => {
  test.each([
    [{ hotDays: 365 }, 'warmDays', /^365 is not allowed: .* more than its 365 days/],
    [{ hotDays: 400 }, 'warmDays', /more than its 400 days/],
    [{ warmDays: 30 }, 'warmDays', /^30 is not allowed/],
    [
      { coldDays: 365 },
      'coldDays',
      /^365 is not allowed: .* more than their 365 days, or keep them for good/,
    ],
    [{ coldDays: 1 }, 'coldDays', /^1 is not allowed/],
    [{ hotDays: 36_500 }, 'warmDays', /more than its 36,500 days/],
  ] as const)('%j', (changes, field, message) => {
    expect(policyProblems(policy(changes))).toEqual([{ field, message: expect.stringMatching(message) }]);
  });

  test('one day after the other is enough', () => {
    expect(policyProblems(policy({ hotDays: 1, warmDays: 2, coldDays: 3 }))).toEqual([]);
  });
});

describe('T1: rules that are to be satisfied', () => {
  test.each([
    ['pci-dss', { coldDays: 366 }, { coldDays: 365, warmDays: 100 }, 'coldDays'],
    ['pci-dss', { warmDays: 92 }, { warmDays: 91 }, 'warmDays'],
    ['hipaa', { coldDays: 2192 }, { coldDays: 2191 }, 'coldDays'],
    ['sebi', { coldDays: 1827 }, { coldDays: 1826 }, 'coldDays'],
    [
      'hipaa',
      { archive: false, retentionDays: 2192 },
      { archive: false, retentionDays: 2191 },
      'retentionDays',
    ],
    [
      'pci-dss',
      { archive: false, retentionDays: 366 },
      { archive: false, retentionDays: 365 },
      'retentionDays',
    ],
  ] as const)('%s: %j is enough, %j is not', (preset, enough, short, field) => {
    expect(policyProblems(policy({ ...enough, presets: [preset] }))).toEqual([]);
    const { title, source } = PRESETS[preset];
    expect(policyProblems(policy({ ...short, presets: [preset] }))).toEqual([
      { field, message: expect.stringContaining(`falls short of ${title} (${source}): use `) },
    ]);
  });

  test('several hold together, and their periods can be raised at once', () => {
    const short = policy({ warmDays: 60, coldDays: 61, presets: ['hipaa', 'pci-dss'] });
    expect(shortfalls(short)).toHaveLength(3);
    expect(raisedToPresets(short)).toEqual({ ...short, warmDays: 92, coldDays: 2192 });
    expect(policyProblems(raisedToPresets(short))).toEqual([]);
    expect(raisedToPresets(DEFAULT_POLICY)).toEqual(DEFAULT_POLICY);
  });
});

describe('the environment', () => {
  const fixed = (source: Record<string, string>) => fixedByEnvironment(readEnv(source));

  test('T1: fixes what it names, and nothing else', () => {
    expect(fixed({})).toEqual({});
    expect(fixed({ LAPSE_AUDIT_HOT_DAYS: ' ', LAPSE_AUDIT_PRESET: '' })).toEqual({});
    expect(
      fixed({
        LAPSE_AUDIT_ARCHIVE: 'off',
        LAPSE_AUDIT_HOT_DAYS: '7',
        LAPSE_AUDIT_WARM_DAYS: ' 90 ',
        LAPSE_AUDIT_COLD_DAYS: 'forever',
        LAPSE_AUDIT_PRESET: 'sebi, hipaa',
        LAPSE_AUDIT_LOG_CLEANUP_PERIOD_SECS: '1200',
        LAPSE_AUDIT_LOG_CLEANUP_RETENTION_DAYS: '30',
        LAPSE_AUDIT_LOG_CLEANUP_MAX_DELETED_PER_ACTIVATION: '500',
        LAPSE_AUDIT_LOG_CLEANUP_DROP_PARTITIONS: '0',
      }),
    ).toEqual({
      archive: false,
      hotDays: 7,
      warmDays: 90,
      coldDays: null,
      presets: ['hipaa', 'sebi'],
      periodSeconds: 1200,
      retentionDays: 30,
      maxDeletedPerActivation: 500,
      dropPartitions: false,
    });
    expect(fixed({ LAPSE_AUDIT_PRESET: 'none' })).toEqual({ presets: [] });
  });

  const BAD = [
    '0',
    '-1',
    '1.5',
    '7e2',
    '0x7',
    'NaN',
    'Infinity',
    '36501',
    '99999999999999999999',
    'thirty',
    '7 days',
    '1000000000000',
    'null',
  ];
  test.each(DAY_FIELDS)('O4, L10: an impossible %s stops the start with what is allowed', (field) => {
    for (const value of BAD) {
      const start = () => readEnv({ [VARIABLES[field]]: value });
      expect(start).toThrow(`${VARIABLES[field]}=${value}: use a whole number of days from 1 to 36,500`);
    }
  });

  test.each([
    ['maxDeletedPerActivation', 'use a whole number of rows from 1 to 1,000,000'],
    ['periodSeconds', 'use a whole number of seconds from 600 to 86,400'],
  ] as const)('O4: so does an impossible %s', (field, allowed) => {
    // That many rows are allowed.
    for (const value of BAD.filter((text) => text !== '36501')) {
      expect(() => readEnv({ [VARIABLES[field]]: value })).toThrow(
        `${VARIABLES[field]}=${value}: ${allowed}`,
      );
    }
  });

  test.each([
    ['LAPSE_AUDIT_LOG_CLEANUP_MAX_DELETED_PER_ACTIVATION', '0', 'from 1 to 1,000,000'],
    ['LAPSE_AUDIT_LOG_CLEANUP_PERIOD_SECS', '599', 'from 600 to 86,400'],
    ['LAPSE_AUDIT_LOG_CLEANUP_PERIOD_SECS', '900', 'use 600 to 86,400 seconds in steps of 600'],
    ['LAPSE_AUDIT_LOG_CLEANUP_DROP_PARTITIONS', 'yes', 'use one of 1, 0, true, false, on, off'],
    ['LAPSE_AUDIT_ARCHIVE', '__proto__', 'use one of 1, 0, true, false, on, off'],
    ['LAPSE_AUDIT_PRESET', 'gdpr', 'use none, or one or more of pci-dss, hipaa, sebi'],
    ['LAPSE_AUDIT_HOT_DAYS', 'forever', 'use a whole number of days'],
  ])('O4: %s=%s stops the start', (name, value, allowed) => {
    expect(() => readEnv({ [name]: value })).toThrow(`${name}=${value}: `);
    expect(() => readEnv({ [name]: value })).toThrow(allowed);
  });

  test.each([
    [{ LAPSE_AUDIT_HOT_DAYS: '90', LAPSE_AUDIT_WARM_DAYS: '90' }, 'more than its 90 days'],
    [{ LAPSE_AUDIT_WARM_DAYS: '90', LAPSE_AUDIT_COLD_DAYS: '89' }, 'more than their 90 days'],
    [{ LAPSE_AUDIT_HOT_DAYS: '90', LAPSE_AUDIT_COLD_DAYS: '91' }, 'more than its 90 days'],
    [{ LAPSE_AUDIT_PRESET: 'hipaa', LAPSE_AUDIT_COLD_DAYS: '365' }, '365 falls short of HIPAA'],
    [
      {
        LAPSE_AUDIT_PRESET: 'sebi',
        LAPSE_AUDIT_ARCHIVE: 'off',
        LAPSE_AUDIT_LOG_CLEANUP_RETENTION_DAYS: '90',
      },
      '90 falls short of SEBI',
    ],
    [{ LAPSE_AUDIT_HOT_DAYS: '36500' }, 'more than its 36,500 days'],
  ])('T1, O4: %j contradicts itself, and stops the start', (source: Record<string, string>, message) => {
    const check = () => checkPolicyEnvironment(readEnv(source));
    expect(check).toThrow(message);
    for (const name of Object.keys(source)) expect(check).toThrow(name);
  });

  test('what only the rest could contradict starts', () => {
    for (const source of [
      { LAPSE_AUDIT_HOT_DAYS: '400' },
      { LAPSE_AUDIT_COLD_DAYS: '100' },
      { LAPSE_AUDIT_PRESET: 'hipaa', LAPSE_AUDIT_LOG_CLEANUP_RETENTION_DAYS: '90' },
    ]) {
      expect(() => checkPolicyEnvironment(readEnv(source))).not.toThrow();
    }
  });
});

describe('L4: the longest applies', () => {
  test('of every period, of the rules, and of archiving', () => {
    const before = policy({ coldDays: 800, presets: ['pci-dss'] });
    const target = policy({ hotDays: 60, warmDays: 90, coldDays: 700, retentionDays: 30, presets: [] });
    expect(longestOf(before, target)).toEqual({ ...before, hotDays: 60 });
    expect(longestOf(before, { ...target, coldDays: null }).coldDays).toBeNull();
    expect(longestOf(DEFAULT_POLICY, policy({ archive: false })).archive).toBe(true);
    expect(longestOf(policy({ archive: false }), DEFAULT_POLICY).archive).toBe(true);
  });

  test('archiving begins later when it would keep less, and ends later in any case', () => {
    const long = policy({ archive: false, retentionDays: 4000, coldDays: 400 });
    expect(longestOf(long, { ...long, archive: true }).archive).toBe(false);
    const short = policy({ coldDays: 400, retentionDays: 4000 });
    // What the limits of a stream remove would be gone for good from then on.
    expect(longestOf(short, { ...short, archive: false }).archive).toBe(true);
  });

  test('what is no period holds at once', () => {
    const target = policy({ maxDeletedPerActivation: 5, periodSeconds: 1200, dropPartitions: false });
    expect(longestOf(DEFAULT_POLICY, target)).toEqual(target);
  });

  test('the days begin anew for anything else that keeps less, and not for the rest', () => {
    const [first, second] = [new Date('2026-11-28'), new Date('2026-11-30')];
    const one = settle({ inForce: policy(), pending: null }, policy({ warmDays: 200 }), first);
    expect(one).toEqual({ inForce: policy(), pending: { policy: policy({ warmDays: 200 }), from: first } });
    const from = (target: PolicyChanges) => settle(one, policy(target), second).pending?.from;
    expect(from({ warmDays: 200, hotDays: 60 })).toEqual(first);
    expect(from({ warmDays: 200, maxDeletedPerActivation: 5 })).toEqual(first);
    expect(from({ warmDays: 199 })).toEqual(second);
    expect(from({ warmDays: 201 })).toEqual(second);
    expect(from({ warmDays: 200, hotDays: 29 })).toEqual(second);
    expect(from({})).toBeUndefined();
    expect(from({ warmDays: 366 })).toBeUndefined();
  });
});
