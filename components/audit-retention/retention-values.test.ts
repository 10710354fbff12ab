import { describe, expect, test } from 'vitest';
import { raisedToPresets } from '@/lib/audit/policy/presets';
import { DEFAULT_POLICY, type TierPolicy } from '@/lib/audit/policy/tier-policy';
import { type NumberField, type RetentionValues, readValues, valuesOf } from './retention-values';

const typed = (field: NumberField, text: string): RetentionValues => {
  const values = valuesOf(DEFAULT_POLICY);
  return { ...values, forGood: field !== 'coldDays', typed: { ...values.typed, [field]: text } };
};
const read = (values: RetentionValues, asked: TierPolicy = DEFAULT_POLICY) => readValues(values, asked);

describe('O4, L10: the form refuses what the server would, before it is sent', () => {
  const BAD = [
    '',
    ' ',
    '0',
    '-1',
    '1.5',
    '7e2',
    '0x7',
    'NaN',
    'thirty',
    '36501',
    '7 days',
    '1000000000000',
    '99999999999999999999',
    'null',
  ];
  test.each(['hotDays', 'warmDays', 'coldDays', 'retentionDays'] as const)('%s', (field) => {
    for (const text of BAD) {
      const { changes, problems } = read(typed(field, text));
      expect(changes).toBeNull();
      expect(problems[field]).toBe(
        `“${text.trim()}” is not allowed: use a whole number of days from 1 to 36,500`,
      );
    }
  });

  test('rows and seconds', () => {
    expect(read(typed('maxDeletedPerActivation', '0')).problems.maxDeletedPerActivation).toContain(
      'rows from 1 to 1,000,000',
    );
    expect(read(typed('periodSeconds', '599')).problems.periodSeconds).toContain('from 600 to 86,400');
    expect(read(typed('periodSeconds', '900')).problems.periodSeconds).toBe(
      '“900” is not allowed: use 600 to 86,400 seconds in steps of 600',
    );
  });

  test('T1: tiers that do not follow each other, and a rule that is fallen short of', () => {
    expect(read(typed('hotDays', '365')).problems.warmDays).toContain('more than its 365 days');
    expect(read({ ...typed('coldDays', '400'), presets: ['hipaa'] }).problems.coldDays).toContain(
      'falls short of HIPAA',
    );
  });
});

test('only what is another value is asked for', () => {
  expect(read(valuesOf(DEFAULT_POLICY)).changes).toEqual({});
  expect(read(typed('maxDeletedPerActivation', '20,000')).changes).toEqual({
    maxDeletedPerActivation: 20_000,
  });
  expect(read(typed('coldDays', '4000')).changes).toEqual({ coldDays: 4000 });
  const limited = { ...DEFAULT_POLICY, coldDays: 4000 };
  expect(read({ ...valuesOf(limited), forGood: true }, limited).changes).toEqual({ coldDays: null });
});

test('T1: what falls short of a rule can be raised at once', () => {
  const { target } = read({ ...typed('coldDays', '400'), presets: ['hipaa'] });
  expect(target && read(valuesOf(raisedToPresets(target)))).toMatchObject({
    problems: {},
    changes: { coldDays: 2192, presets: ['hipaa'] },
  });
});
