import { expect, it } from 'vitest';
import { diffValues } from './diff-values';

it('L8: sets old and new side by side, leaf by leaf, and marks what differs', () => {
  expect(
    diffValues(
      { role: 'host', disabled: false, team: { id: 1 } },
      { role: 'admin', disabled: false, team: { id: 1, tags: ['a', 'b'] } },
    ),
  ).toEqual([
    { path: 'role', before: 'host', after: 'admin', changed: true },
    { path: 'disabled', before: false, after: false, changed: false },
    { path: 'team.id', before: 1, after: 1, changed: false },
    { path: 'team.tags', before: undefined, after: ['a', 'b'], changed: true },
  ]);
});

it('marks nothing where there is nothing to compare with', () => {
  expect(diffValues(null, { planId: 'x', notice: null })).toEqual([
    { path: 'planId', before: undefined, after: 'x', changed: false },
    { path: 'notice', before: undefined, after: null, changed: false },
  ]);
  expect(diffValues(undefined, 7)).toEqual([{ path: '', before: undefined, after: 7, changed: false }]);
  expect(diffValues(null, null)).toEqual([]);
});

it('does not call it a change when a value is null on one side and missing on the other', () => {
  expect(diffValues({ by: 4, at: null }, { by: 5 }).map(({ changed }) => changed)).toEqual([true, false]);
});

it('tells an empty object or list from none, and looks into lists of objects', () => {
  expect(diffValues({ list: [{ id: 1 }], empty: {} }, { list: [{ id: 2 }], empty: [] })).toEqual([
    { path: 'list.0.id', before: 1, after: 2, changed: true },
    { path: 'empty', before: {}, after: [], changed: true },
  ]);
});

it('gives no two values one path, whatever their names', () => {
  const value = { 'a.b': 1, a: { b: 2, '': 3 }, '': 4, '"a.b"': 5, ['__proto__']: { c: 6 } };
  const changes = diffValues(null, value);
  expect(changes.map(({ after }) => after)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(changes.map(({ path }) => path)).toEqual([
    '"a.b"',
    'a.b',
    'a.""',
    '""',
    '"\\"a.b\\""',
    '__proto__.c',
  ]);
});
