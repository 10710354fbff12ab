import { describe, expect, it } from 'vitest';
import { hrefWith, one, parseSort, sortParam } from './table-url';

describe('hrefWith', () => {
  it('changes, adds and removes parameters, and keeps the others', () => {
    const params = { q: 'cat', state: ['due', 'held'], empty: '' };
    expect(hrefWith('/challenges', params, { q: 'dog & co' })).toBe(
      '/challenges?state=due&state=held&q=dog+%26+co',
    );
    expect(hrefWith('/challenges', params, { q: null, state: '' })).toBe('/challenges');
  });

  it('starts from the beginning when a filter changes, and moves when told to', () => {
    const params = { q: 'cat', after: 'x1' };
    expect(hrefWith('/jobs', params, { q: 'dog' })).toBe('/jobs?q=dog');
    expect(hrefWith('/jobs', params, { before: 'x2' })).toBe('/jobs?q=cat&before=x2');
    expect(hrefWith('/jobs', params, { after: null })).toBe('/jobs?q=cat');
  });
});

describe('parseSort', () => {
  const fallback = { by: 'title', direction: 'asc' } as const;

  it('reads both directions and writes them back', () => {
    expect(parseSort('-bytes', ['title', 'bytes'], fallback)).toEqual({ by: 'bytes', direction: 'desc' });
    expect(sortParam(parseSort('bytes', ['bytes'], fallback))).toBe('bytes');
    expect(sortParam({ by: 'bytes', direction: 'desc' })).toBe('-bytes');
  });

  it.each(['password_hash', '--title', '', undefined, ['title']])('takes the fallback for %j', (value) => {
    expect(parseSort(value, ['title', 'bytes'], fallback)).toEqual(fallback);
  });
});

it('one takes the first of several values and nothing for an empty one', () => {
  expect([one(['a', 'b']), one(' a '), one(' '), one(undefined)]).toEqual(['a', 'a', undefined, undefined]);
});
