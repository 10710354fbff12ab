export interface PolicyOptions {
  /** Unguessable, and new for every request. */
  nonce: string;
  /** The development server evaluates code and inserts styles to reload what was changed. */
  development: boolean;
  /** Whether people reach this site over TLS. */
  tls: boolean;
}

/**
 * The content security policy of every page: only scripts that carry the nonce, and what those load; only this site's
 * files; no frames either way.
 *
 * Style elements need the nonce as well. Style attributes are allowed, since a nonce cannot be given to an attribute and
 * pages come from the server with a few of them (the width of a progress bar, a menu's place): they can change how a page
 * looks and cannot run code.
 */
export function contentSecurityPolicy({ nonce, development, tls }: PolicyOptions): string {
  const directives = [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ''}`,
    development ? "style-src 'self' 'unsafe-inline'" : `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self'${development ? ' ws:' : ''}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-src 'none'",
    "frame-ancestors 'none'",
    ...(tls ? ['upgrade-insecure-requests'] : []),
  ];
  return directives.join('; ');
}

/** The headers that every answer carries, beside the policy. Strict transport only where there is TLS to insist on. */
export function securityHeaders(tls: boolean): Record<string, string> {
  return {
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'strict-origin-when-cross-origin',
    'Permissions-Policy':
      'accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Origin-Agent-Cluster': '?1',
    ...(tls ? { 'Strict-Transport-Security': 'max-age=63072000' } : {}),
  };
}
