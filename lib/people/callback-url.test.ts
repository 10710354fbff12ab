import { describe, expect, it } from 'vitest';
import { safeCallbackUrl } from './callback-url';

describe('safeCallbackUrl', () => {
  it.each(['/', '/challenges/7?tab=phases#why', '/audit-log?from=2026-11-01'])(
    'keeps the path %s',
    (path) => {
      expect(safeCallbackUrl(path)).toBe(path);
    },
  );

  it.each([
    'https://evil.example/',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '/.//evil.example',
    '/..//evil.example',
    'javascript:alert(1)',
    'challenges',
    '/sign-in?callbackUrl=/sign-in',
    '/api/auth/signout',
    '',
    undefined,
    ['/a', '/b'],
  ])('goes home instead of %j', (wanted) => {
    expect(safeCallbackUrl(wanted)).toBe('/');
  });
});
