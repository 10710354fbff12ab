import { describe, expect, it } from 'vitest';
import { compileCondition, compilePath } from './expression';

const scope = { event: { data: { id: 7, name: 'a && b', on: true } }, async: { data: { id: 7 } } };

describe('conditions', () => {
  it.each([
    ['event.data.id == async.data.id', true],
    ['event.data.id != async.data.id', false],
    ['event.data.id == 7 && event.data.on == true', true],
    ["event.data.name == 'a && b' && event.data.id == 7", true],
    ['event.data.name == "other" && event.data.id == 7', false],
    ['event.data.missing == async.data.missing', false],
    ['event.data.missing != 1', false],
    ["event.data.id == '7'", false],
    ['event.data.constructor == event.data.constructor', false],
  ])('%s is %s', (expression, expected) => {
    expect(compileCondition(expression)(scope)).toBe(expected);
  });

  it.each([
    'event.data.id > 3',
    'size(event.data) == 1',
    'event.data.a == 1 || event.data.b == 2',
    '',
    'true',
  ])('%s is refused when it is read', (expression) => {
    expect(() => compileCondition(expression)).toThrow('beyond what the embedded runner understands');
  });
});

it('keys are single paths', () => {
  expect(compilePath('event.data.id')(scope.event)).toBe(7);
  expect(() => compilePath("event.data.id + '-' + event.name")).toThrow('use one path');
});
