import 'server-only';
import type { NextRequest } from 'next/server';
import { enterApi } from '@/app/api/enter-api';
import { answer } from '@/app/api/problem';
import type { Context } from '@/lib/people/context';
import { notFound } from '@/lib/platform/errors';

/** Answers a request that only reads with what `read` gives, as JSON that nobody keeps. */
export function readForApi(request: Request, read: (ctx: Context) => Promise<unknown>): Promise<Response> {
  return answer(async () => {
    const found = await read(await enterApi(request));
    return Response.json(found, { headers: { 'Cache-Control': 'no-store' } });
  });
}

/** A number in the path; what cannot be one names nothing. Throws 'not_found'. */
export function numberInPath(text: string, what: string): number {
  if (!/^\d{1,15}$/.test(text)) throw notFound(`There is no ${what} ${JSON.stringify(text.slice(0, 60))}.`);
  return Number(text);
}

/** One parameter of the query; undefined when it is not given. */
export const queryOf = (request: NextRequest, name: string): string | undefined =>
  request.nextUrl.searchParams.get(name) ?? undefined;

/** The same as a number, for a verb that says what is wrong with it; what is none becomes NaN, which it refuses. */
export function numberInQuery(request: NextRequest, name: string): number | undefined {
  const text = queryOf(request, name);
  if (text === undefined) return undefined;
  return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
}
