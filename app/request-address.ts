/**
 * Where a request came from: the last entry of x-forwarded-for, which the server itself or the proxy right before it has
 * written. Entries before it are whatever the client claims. undefined when nothing is known.
 */
export function addressOf(headers: Pick<Headers, 'get'>): string | undefined {
  const entries = headers.get('x-forwarded-for')?.split(',') ?? [];
  return entries.at(-1)?.trim() || undefined;
}
