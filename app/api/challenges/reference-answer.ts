import 'server-only';
import { ourFault, RequestError } from '@/app/api/problem';
import { HTTP_STATUS, LapseError } from '@/lib/platform/errors';

const NO_STORE = { 'Cache-Control': 'no-store' };

/** The primary key in the path; what cannot be one belongs to no challenge. Throws 'not_found'. */
export function challengePk(text: string): number {
  const id = /^\d{1,10}$/.test(text) ? Number(text) : 0;
  if (id >= 1 && id <= 2_147_483_647) return id;
  throw new LapseError('not_found', 'no such primary key');
}

/**
 * Answers in the reference's shape (EvalAI, pull request 4712): its messages under `message`, and failures as `error`, with
 * our own words under `detail` where they say more. `refusal` is what it says to those who may not.
 */
export async function referenceAnswer(
  work: () => Promise<{ status?: 200 | 201; body: Record<string, unknown> }>,
  refusal = 'You are not authorized to see the retention policy of this challenge',
): Promise<Response> {
  try {
    const { status = 200, body } = await work();
    return Response.json(body, { status, headers: NO_STORE });
  } catch (error) {
    return failure(error, refusal);
  }
}

function failure(error: unknown, refusal: string): Response {
  if (error instanceof RequestError) return refuse(error.status, { error: error.message });
  if (!(error instanceof LapseError)) return refuse(500, { error: ourFault(error) });
  const status = HTTP_STATUS[error.code];
  if (error.code === 'not_found') return refuse(status, { error: 'Challenge does not exist' });
  if (error.code === 'forbidden') return refuse(status, { error: refusal, detail: error.message });
  return refuse(status, { error: error.message });
}

function refuse(status: number, body: Record<string, unknown>): Response {
  const headers = status === 401 ? { ...NO_STORE, 'WWW-Authenticate': 'Bearer' } : NO_STORE;
  return Response.json(body, { status, headers });
}
