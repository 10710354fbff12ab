import { createHmac, timingSafeEqual } from 'node:crypto';

/** How long a signature is accepted, on either side of now: what Inngest's SDK allows itself. */
const TOLERANCE_SECONDS = 5 * 60;

/**
 * `value` as RFC 8785 writes it: keys sorted, no spaces. The SDK signs this form of a request's body, so a body that
 * is sent in it needs no second encoding. `value` must be plain JSON; undefined members are left out.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

/** The value of `x-inngest-signature` for `body` at `now`. A prefix such as 'signkey-prod-' is not part of the key. */
export function sign(body: string, signingKey: string, now: Date): string {
  const seconds = Math.floor(now.getTime() / 1000).toString();
  return `t=${seconds}&s=${digest(body, signingKey, seconds)}`;
}

/** Whether `header` is a signature of `body` by the same key, not older or newer than five minutes. */
export function isSigned(header: string | null, body: string, signingKey: string, now: Date): boolean {
  const parts = new URLSearchParams(header ?? '');
  const seconds = parts.get('t') ?? '';
  const signature = Buffer.from(parts.get('s') ?? '');
  const age = Math.abs(now.getTime() / 1000 - Number(seconds));
  if (!/^\d+$/.test(seconds) || age > TOLERANCE_SECONDS) return false;
  const expected = Buffer.from(digest(body, signingKey, seconds));
  return signature.length === expected.length && timingSafeEqual(signature, expected);
}

function digest(body: string, signingKey: string, seconds: string): string {
  const key = signingKey.replace(/^signkey-\w+-/, '');
  return createHmac('sha256', key)
    .update(body + seconds)
    .digest('hex');
}
