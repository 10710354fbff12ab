import { expect, test } from 'vitest';
import { readHoldFilters, toListInput, toPublicInput } from './hold-filters';

const wanted = (params: Record<string, string>) => {
  const filters = readHoldFilters(params);
  return [toListInput(filters), toPublicInput(filters)];
};

test('holds on challenges and on public data are looked for together, unless the address says which', () => {
  expect(wanted({ matter: 'case' })).toEqual([
    { state: 'active', matter: 'case' },
    { state: 'active', matter: 'case' },
  ]);
  expect(wanted({ on: 'phase', state: 'all' })).toEqual([{ state: 'all', on: 'phase' }, null]);
  expect(wanted({ challenge: '7' })).toEqual([{ state: 'active', challengeId: 7 }, null]);
  expect(wanted({ after: 'x' })).toEqual([{ state: 'active', cursor: 'x' }, null]);
  expect(wanted({ on: 'public-data', state: 'released' })).toEqual([null, { state: 'released' }]);
  expect(wanted({ on: 'public-data', challenge: '7', after: 'x' })).toEqual([null, { state: 'active' }]);
});
