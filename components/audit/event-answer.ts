import type { AuditEventRow } from '@/lib/audit/event-row';
import { formatInstantBoth } from '@/lib/platform/format-time';
import { isOwn, whoDidIt } from './audit-words';
import { errorWords } from './result-badge';

/** Who did it, when, and what came of it, in a sentence or two. */
export function eventAnswer(event: AuditEventRow, zone: string): string {
  const who = whoDidIt(event);
  const when = formatInstantBoth(new Date(event.timeStarted), zone);
  if (!isOwn(event))
    return `${who}, on ${when}, as the stream “${event.stream}” tells it.${saidError(event)}`;
  const what = `${who.charAt(0).toUpperCase()}${who.slice(1)}, on ${when}.`;
  if (event.error) return `${what} ${errorWords(event.error)}`;
  if (event.result === 'timeout') return `${what} It was begun, and its end was never recorded.`;
  if (event.result === null) return `${what} It was begun, and has not been completed yet.`;
  return what;
}

/** A sentence is no place for a stack trace; the whole of it stands among the facts. */
const SAID = 300;

function saidError({ error }: AuditEventRow): string {
  if (error === null) return '';
  return ` It failed: ${error.length > SAID ? `${error.slice(0, SAID)}…` : error}`;
}
