import { expect, test, vi } from 'vitest';
import { LapseError, notFound } from './errors';

class Narrower extends LapseError {}

test('an error of another copy of the module is known, and no other error is taken for one', async () => {
  vi.resetModules();
  const copy = await import('./errors');
  expect(copy.LapseError).not.toBe(LapseError);
  const foreign: unknown = copy.notFound('There is none.');
  expect(foreign instanceof LapseError && foreign.code).toBe('not_found');
  expect(notFound('x') instanceof copy.LapseError).toBe(true);
  expect(new Error('x') instanceof LapseError).toBe(false);
  expect(Object.assign(new Error('x'), { code: 'ENOENT' }) instanceof LapseError).toBe(false);
  const nothing: unknown = null;
  expect(nothing instanceof LapseError).toBe(false);
});

test('a narrower error is one, and others are not narrower', () => {
  const narrower = new Narrower('conflict', 'x');
  expect([narrower instanceof Narrower, narrower instanceof LapseError]).toEqual([true, true]);
  expect(notFound('x') instanceof Narrower).toBe(false);
});
