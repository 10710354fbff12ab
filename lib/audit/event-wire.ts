import { invalid } from '@/lib/platform/errors';
import type { ListAuditEventsInput } from './event-filter';
import type { AuditEventRow } from './event-row';
import type { AuditEventPage, LoadedAuditEvent, SearchedArchive } from './list-events';
import { OWN_STREAM } from './streams';

/** An audit event with the names of the REST API; a pushed one in the words in which it was pushed. */
export function eventDocument(event: AuditEventRow): Record<string, unknown> {
  const { source_id, pushed_by, actor_details } = originOf(event);
  return {
    id: event.id,
    stream: event.stream,
    ...(event.stream !== OWN_STREAM && { source_id, pushed_by }),
    time_started: event.timeStarted,
    time_completed: event.timeCompleted,
    result: event.result,
    action: event.action,
    actor: event.actor,
    actor_details,
    target: event.target,
    old_value: event.oldValue,
    new_value: event.newValue,
    reason: event.reason,
    error: event.error,
  };
}

/** How a pushed event is stored (lib/audit/push/pushed-event), taken apart. */
function originOf({ stream, actorDetails }: AuditEventRow) {
  if (stream === OWN_STREAM) return { actor_details: actorDetails };
  const { sourceId = null, pushedBy = null, details = null } = actorDetails;
  return { source_id: sourceId, pushed_by: pushedBy, actor_details: details };
}

const FILTERS = ['stream', 'words', 'actor', 'action', 'target', 'result', 'from', 'to'] as const;
const NAMES: readonly string[] = [...FILTERS, 'limit', 'after'];

/** A number where the text is one; otherwise the text, so that whoever refuses it can say what it was. */
export const numberOfQuery = (text: string): number =>
  /^-?\d{1,15}(\.\d{1,15})?$/.test(text) ? Number(text) : (text as unknown as number);

/** Reads the query of a request. Throws 'invalid' for a name that is none; the verb says what is wrong with a value. */
export function listInputOfQuery(query: Record<string, string>): ListAuditEventsInput {
  const unknown = Object.keys(query).find((name) => !NAMES.includes(name));
  if (unknown !== undefined) {
    const allowed = `use ${NAMES.join(', ')}`;
    throw invalid(`${JSON.stringify(unknown.slice(0, 60))} is no filter: ${allowed}`);
  }
  const { limit, after, ...filters } = query;
  return {
    ...(filters as Partial<Pick<ListAuditEventsInput, (typeof FILTERS)[number]>>),
    ...(limit !== undefined && { limit: numberOfQuery(limit) }),
    ...(after !== undefined && { cursor: after }),
  };
}

/**
 * A page of events, and what it was looked for in: `unreachable` names archives whose events are missing, `leaving` times of the
 * hot tier that a cleanup was taking away, so that what stays of them is missing for some minutes, `back_to` how far back
 * the search came, and `floor` from when on there is everything, when the window begins before that.
 */
export function pageDocument({
  events,
  nextCursor,
  floor,
  searched: { tiers, archives, unreachable, leaving, backTo, isCutShort, tookMs },
}: AuditEventPage): Record<string, unknown> {
  return {
    events: events.map(eventDocument),
    next_after: nextCursor,
    floor,
    searched: {
      tiers,
      archives: archives.map(archiveDocument),
      back_to: backTo,
      ended_at_its_limits: isCutShort,
    },
    unreachable: unreachable.map(({ why, ...archive }) => ({ ...archiveDocument(archive), why })),
    leaving,
    took_ms: tookMs,
  };
}

/** One event, and where it lies. */
export const loadedDocument = ({ tier, archive, ...event }: LoadedAuditEvent): Record<string, unknown> => ({
  ...eventDocument(event),
  tier,
  archive: archive && archiveDocument(archive),
});

const archiveDocument = ({ id, tier, period, part, firstStarted, lastStarted }: SearchedArchive) => ({
  id,
  tier,
  period,
  part,
  first_started: firstStarted,
  last_started: lastStarted,
});
