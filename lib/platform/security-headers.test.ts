import { describe, expect, it } from 'vitest';
import { contentSecurityPolicy, securityHeaders } from './security-headers';

const directive = (policy: string, name: string) =>
  policy
    .split('; ')
    .find((part) => part.startsWith(`${name} `))
    ?.slice(name.length + 1);

describe('contentSecurityPolicy', () => {
  const policy = contentSecurityPolicy({ nonce: 'abc', development: false, tls: false });

  it('runs only scripts that carry the nonce of the request, and what those load', () => {
    expect(directive(policy, 'script-src')).toBe("'self' 'nonce-abc' 'strict-dynamic'");
  });

  it('takes style elements with the nonce only; attributes, which cannot carry one, are allowed', () => {
    expect(directive(policy, 'style-src')).toBe("'self' 'nonce-abc'");
    expect(policy.replace("style-src-attr 'unsafe-inline'", '')).not.toContain('unsafe');
  });

  it('cannot be framed, frames nothing, and sends forms to this site only', () => {
    expect(directive(policy, 'frame-ancestors')).toBe("'none'");
    expect(directive(policy, 'frame-src')).toBe("'none'");
    expect(directive(policy, 'form-action')).toBe("'self'");
    expect(directive(policy, 'base-uri')).toBe("'none'");
  });
});

it('insists on TLS only where people come over TLS', () => {
  expect(securityHeaders(false)).not.toHaveProperty('Strict-Transport-Security');
  expect(securityHeaders(true)).toHaveProperty('Strict-Transport-Security');
  expect(contentSecurityPolicy({ nonce: 'a', development: false, tls: true })).toContain('upgrade-insecure');
  expect(contentSecurityPolicy({ nonce: 'a', development: false, tls: false })).not.toContain('upgrade');
});
