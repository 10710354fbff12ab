import { expect, it } from 'vitest';
import { addressOf } from './request-address';

it.each([
  ['192.0.2.1', '192.0.2.1'],
  ['6.6.6.6, 192.0.2.1', '192.0.2.1'],
  ['', undefined],
  [null, undefined],
])('takes of %j what the nearest hop wrote: %j', (header, address) => {
  expect(addressOf(new Headers(header === null ? {} : { 'x-forwarded-for': header }))).toBe(address);
});
