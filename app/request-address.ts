/**
 * Where a request came from: the last entry of x-forwarded-for, which our own server has written (instrumentation.ts),
 * whatever the client claimed there. undefined when nothing is known.
 */
export function addressOf(headers: Pick<Headers, 'get'>): string | undefined {
  const entries = headers.get('x-forwarded-for')?.split(',') ?? [];
  return entries.at(-1)?.trim() || undefined;
}
