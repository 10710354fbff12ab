import { expect, test } from 'vitest';
import { joinRanges, rangesOf, without } from './number-ranges';

test('numbers become ranges, whatever their order, each once', () => {
  expect(rangesOf([])).toEqual([]);
  expect(rangesOf([9, 3, 1, 2, 2, 10])).toEqual([
    [1, 3],
    [9, 10],
  ]);
});

test('ranges that touch or overlap become one', () => {
  expect(
    joinRanges([
      [8, 9],
      [1, 3],
      [2, 2],
      [4, 5],
    ]),
  ).toEqual([
    [1, 5],
    [8, 9],
  ]);
});

test('what of a range is in no other', () => {
  const others = joinRanges([
    [1, 3],
    [6, 7],
    [20, 30],
  ]);
  expect(without([2, 10], others)).toEqual([
    [4, 5],
    [8, 10],
  ]);
  expect(without([21, 29], others)).toEqual([]);
  expect(without([11, 12], others)).toEqual([[11, 12]]);
});
