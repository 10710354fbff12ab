import { describe, expect, it } from 'vitest';
import { challengeId, publicDays, retentionDays } from './arguments';

describe('E22 L10: what is typed', () => {
  it.each(['1', '30', '3653', '007'])('takes %s as days', (text) => {
    expect(retentionDays(text)).toBe(Number(text));
  });

  it.each(['0', '-1', '+1', '3654', '1.5', 'NaN', '', ' 1', '1e3', '0x10', 'ten', '9'.repeat(400)])(
    'refuses %j as days, with the value and the range',
    (text) => {
      expect(() => retentionDays(text)).toThrow(
        `${JSON.stringify(text)} is not allowed: use a whole number of days from 1 to 3653.`,
      );
    },
  );

  it.each(['0', '-1', '1.5', '7 days', '1000000000000', ''])(
    'R5: refuses %j as the age of anonymous data',
    (text) => {
      expect(() => publicDays(text)).toThrow(
        `${JSON.stringify(text)} is not allowed: use a whole number of days from 1 to 36,500.`,
      );
    },
  );

  it.each(['0', '-7', '2147483648', '7e1'])('refuses %j as an id', (text) => {
    expect(() => challengeId(text)).toThrow('use a whole id from 1 to 2,147,483,647');
  });
});
