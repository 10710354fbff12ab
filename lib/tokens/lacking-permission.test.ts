import { describe, expect, test } from 'vitest';
import type { Actor } from '@/lib/people/actor';
import { sayLacking } from './lacking-permission';

const token: Actor = { type: 'token', tokenId: 't', name: 'script', permissions: new Set(), actsFor: null };
const WORDS = 'Only admins and auditors see jobs.';

describe('what somebody is told who may not', () => {
  test('a token is told the scope, the smallest where several give it', () => {
    expect(sayLacking(token, 'jobs.read', WORDS)).toBe('This needs the scope reports:read.');
    expect(sayLacking(token, 'challenges.read-all', WORDS)).toBe('This needs the scope challenges:read.');
    expect(sayLacking(token, 'holds.write', WORDS)).toBe('This needs the scope holds:write.');
  });

  test('where no scope gives it, a token is told so', () => {
    expect(sayLacking(token, 'jobs.run', WORDS)).toBe(`No token may do this. ${WORDS}`);
  });

  test('everybody else is told whose it is', () => {
    expect(sayLacking({ type: 'anonymous' }, 'jobs.read', WORDS)).toBe(WORDS);
  });
});
