import { expect, test } from 'vitest';
import { DEFAULT_LIMITS, streamLimits } from '@/lib/audit/limits/stream-limits';
import { LIMIT_FIELDS, limitsOfForm, typedLimits } from './limit-fields';

const messageFor = (name: string, text: string) => {
  const read = streamLimits.safeParse(limitsOfForm({ ...typedLimits(DEFAULT_LIMITS), [name]: text }));
  return read.error?.issues.find(({ path }) => path[0] === name)?.message;
};

const BAD = [
  '',
  '0',
  '-1',
  '1.5',
  'NaN',
  '7 days',
  'null',
  '1e3',
  '0x10',
  'Infinity',
  '1e12',
  '99999999999999999999',
];

test.each(LIMIT_FIELDS.filter(({ isNumber }) => isNumber))(
  'O4, L10: what is typed for $name and is no whole number in its range is named, with the range',
  ({ name }) => {
    for (const text of BAD) {
      expect(messageFor(name, text), text).toMatch(
        / is not (a number|allowed): use a whole .* from [\d,]+ to [\d,]+$/,
      );
      expect(messageFor(name, text)).toContain(/^-?[\d.]+$/.test(text) ? String(Number(text)) : `"${text}"`);
    }
  },
);

test.each(['retentionPeriod', 'cleanupInterval'])('O4, L10: and of %s as well', (name) => {
  for (const text of ['', '0', '0h', '-1h', '1.5h', 'NaN', '7 days', '1000000000000h', 'null', '168']) {
    expect(messageFor(name, text), text).toMatch(
      /is not allowed: use whole hours or minutes such as 168h or 30m, from \d+[hm] to \d+h$/,
    );
    expect(messageFor(name, text)).toContain(JSON.stringify(text));
  }
});

test('commas of thousands may be typed', () => {
  expect(limitsOfForm({ ...typedLimits(DEFAULT_LIMITS), maxSizeBytes: ' 819,200 ' })).toEqual(DEFAULT_LIMITS);
});
