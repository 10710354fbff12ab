import { expect, it } from 'vitest';
import { newClaims, readClaims, SESSION_SECONDS } from './session-claims';

const begun = new Date('2026-11-21T09:00:00.123Z');
const later = (ms: number) => new Date(begun.getTime() + ms);

it('keeps the millisecond in which a session began', () => {
  expect(readClaims(newClaims(7, begun), later(1))).toEqual({ personId: 7, issuedAt: begun });
});

it('ends a session after a working day, and not before', () => {
  expect(readClaims(newClaims('7', begun), later(SESSION_SECONDS * 1000 - 1))).not.toBeNull();
  expect(readClaims(newClaims('7', begun), later(SESSION_SECONDS * 1000))).toBeNull();
});

it.each([
  ['nobody', {}],
  ['no time', { sub: '7' }],
  ['a time in words', { sub: '7', issuedAtMs: '1795251600123' }],
  ['no number', { sub: 'x', issuedAtMs: begun.getTime() }],
  ['no id', { sub: '0', issuedAtMs: begun.getTime() }],
])('knows no session in claims of %s', (_, claims) => {
  expect(readClaims(claims, begun)).toBeNull();
});
