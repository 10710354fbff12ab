import 'server-only';
import { RequestError } from '@/app/api/problem';
import { readBody } from '@/app/api/read-body';
import { type EventFormat, type EventText, eventTexts } from '@/lib/audit/push/event-texts';
import { invalid } from '@/lib/platform/errors';

const MAX_BYTES = 5 * 1024 * 1024;

/** The events that a request carries. Throws RequestError 415 and 413, and 'invalid'. */
export async function eventsBody(request: Request): Promise<EventText[]> {
  const format = formatOf(request.headers.get('content-type') ?? '');
  const bytes = await readBody(request, MAX_BYTES);
  return eventTexts(decoded(bytes), format);
}

function formatOf(contentType: string): EventFormat {
  if (/^application\/json *(;|$)/i.test(contentType)) return 'json';
  if (/^application\/x-ndjson *(;|$)/i.test(contentType)) return 'ndjson';
  throw new RequestError(
    415,
    'Send JSON as “application/json”, or one event a line as “application/x-ndjson”.',
  );
}

function decoded(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalid('The body is not in UTF-8.');
  }
}
