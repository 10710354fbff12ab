import { expect, test } from 'vitest';
import { z } from 'zod';
import { parse } from './parse';

const schema = z.strictObject({ days: z.number('use a number') });

test('what a schema says itself of a name that it does not know is kept', () => {
  const filters = z.strictObject({ days: z.number() }, { error: () => 'use the filter days' });
  expect(() => parse(filters, { days: 1, dayz: 2 })).toThrow('input: use the filter days');
});

test.each([
  [{ days: 'x' }, 'days: use a number', { days: 'use a number' }],
  [{ days: 1, dayz: 2 }, 'dayz: there is no such field', { dayz: 'there is no such field' }],
  [[], 'input: use an object with named values', { input: 'use an object with named values' }],
  [undefined, 'input: use an object with named values', { input: 'use an object with named values' }],
])('L10: %j is refused, and what is wrong is named', (input, message, fields) => {
  expect(() => parse(schema, input)).toThrow(expect.objectContaining({ code: 'invalid', message, fields }));
});
