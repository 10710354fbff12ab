const ANY_ORIGIN = 'http://lapse.invalid';

/**
 * Where a person goes after signing in: the path that was asked for, or '/'. Only a path of this site is taken, whatever
 * a link says: other origins, '//host', '/\host', API routes and the sign-in page itself become '/'.
 */
export function safeCallbackUrl(wanted: unknown): string {
  if (typeof wanted !== 'string' || !wanted.startsWith('/')) return '/';
  if (!URL.canParse(wanted, ANY_ORIGIN)) return '/';
  const url = new URL(wanted, ANY_ORIGIN);
  if (url.origin !== ANY_ORIGIN) return '/';
  // '/.//host' is a path of this site for the parser above, and another host once it stands in a Location header.
  if (url.pathname.startsWith('//')) return '/';
  if (url.pathname === '/sign-in' || url.pathname.startsWith('/api/')) return '/';
  return `${url.pathname}${url.search}${url.hash}`;
}
