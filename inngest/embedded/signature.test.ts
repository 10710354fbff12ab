import { describe, expect, it } from 'vitest';
import { canonicalJson, isSigned, sign } from './signature';

const KEY = 'signkey-prod-00112233';
const NOW = new Date('2026-11-21T00:00:00Z');
const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);

describe('signatures', () => {
  it('are of the body, the key without its prefix, and the time', () => {
    const signature = sign('{"a":1}', KEY, NOW);
    expect(isSigned(signature, '{"a":1}', KEY, NOW)).toBe(true);
    expect(isSigned(signature, '{"a":1}', 'signkey-test-00112233', NOW)).toBe(true);
    expect(isSigned(signature, '{"a":2}', KEY, NOW)).toBe(false);
    expect(isSigned(signature, '{"a":1}', 'signkey-prod-99', NOW)).toBe(false);
  });

  it('are refused after five minutes, before their time, and when they are none', () => {
    const signature = sign('x', KEY, NOW);
    expect(isSigned(signature, 'x', KEY, later(299))).toBe(true);
    expect(isSigned(signature, 'x', KEY, later(301))).toBe(false);
    expect(isSigned(signature, 'x', KEY, later(-301))).toBe(false);
    for (const none of [null, '', 't=&s=', 's=abc', 't=abc&s=abc'])
      expect(isSigned(none, 'x', KEY, NOW)).toBe(false);
  });
});

it('canonical JSON sorts keys and leaves out what JSON has not', () => {
  expect(canonicalJson({ b: [1, undefined, { d: null, c: 'é"' }], a: undefined, '10': 1, '9': 2 })).toBe(
    '{"10":1,"9":2,"b":[1,null,{"c":"é\\"","d":null}]}',
  );
});
