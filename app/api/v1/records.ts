import 'server-only';
import { enterApi } from '@/app/api/enter-api';
import { jsonBody } from '@/app/api/json-body';
import { answer, problem } from '@/app/api/problem';
import { listRecords } from '@/lib/anonymous/list-records';
import { loadRecord } from '@/lib/anonymous/load-record';
import { type Received, type RecordKind, receivedDocument, refusalOf } from '@/lib/anonymous/received';
import type { Context } from '@/lib/people/context';
import { invalid } from '@/lib/platform/errors';
import { onceEach } from './once-each';
import { readForApi } from './read-for-api';

const MAX_BYTES = 5 * 1024 * 1024;

/** A page of records in the order of their ids: `?limit=` and `?after=`, the `next_after` of the page before. */
export function listOf(request: Request, kind: RecordKind): Promise<Response> {
  return readForApi(request, async (ctx) => {
    const { limit, after, ...others } = onceEach(new URL(request.url).searchParams);
    const [unknown] = Object.keys(others);
    if (unknown !== undefined) {
      throw invalid(`${JSON.stringify(unknown.slice(0, 60))} is no filter: use limit, after`);
    }
    const { records, nextAfter } = await listRecords(ctx, {
      kind,
      ...(limit !== undefined && { limit: /^\d{1,10}$/.test(limit) ? Number(limit) : Number.NaN }),
      ...(after !== undefined && { after }),
    });
    return { [kind.replace('-', '_')]: records, next_after: nextAfter };
  });
}

/** One record by its id. */
export const oneOf = (
  request: Request,
  kind: RecordKind,
  params: Promise<{ id: string }>,
): Promise<Response> => readForApi(request, async (ctx) => loadRecord(ctx, { kind, id: (await params).id }));

/**
 * Takes one record or an array of them. 200 says that all of them are here now; any other answer says of each what came of
 * it, or is a problem with the request as a whole.
 */
export function receive(
  request: Request,
  verb: (ctx: Context, records: readonly unknown[]) => Promise<Received>,
): Promise<Response> {
  return answer(async () => {
    const ctx = await enterApi(request);
    const body = await jsonBody(request, MAX_BYTES);
    const received = await verb(ctx, Array.isArray(body) ? body : [body]);
    const document = receivedDocument(received);
    const refusal = refusalOf(received);
    if (refusal) {
      const title = refusal.status === 400 ? 'Bad Request' : 'Conflict';
      return problem(refusal.status, title, refusal.detail, document);
    }
    return Response.json(document, { headers: { 'Cache-Control': 'no-store' } });
  });
}
