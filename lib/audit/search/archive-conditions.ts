import { duckText } from '../archive/duckdb';
import type { EventFilter } from '../event-filter';
import type { Place } from './place';

/**
 * What an archived event must be, in DuckDB's SQL, except for its words. DuckDB compares texts byte by byte, as Postgres
 * does for equality.
 */
export function archiveConditions(filter: EventFilter): string[] {
  const { from, to, stream, actor, action, target, result } = filter;
  const equal = { stream, actor, action, target, result };
  return [
    ...(from === undefined ? [] : [`time_started >= ${duckInstant(from)}`]),
    ...(to === undefined ? [] : [`time_started < ${duckInstant(to)}`]),
    ...Object.entries(equal).flatMap(([column, value]) =>
      value === undefined ? [] : [`${column} = ${duckText(value)}`],
    ),
  ];
}

/** Only what comes after a place in the order of searches. */
export const isAfter = ({ at, id }: Place): string =>
  `(time_started < ${duckInstant(at)} or (time_started = ${duckInstant(at)} and id < ${duckId(id)}))`;

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Archives keep instants without their zone, which is UTC. */
export function duckInstant(instant: string): string {
  if (!INSTANT.test(instant)) throw new Error(`${instant} is no instant with microseconds`);
  return `timestamp '${instant.replace('T', ' ').replace('Z', '')}'`;
}

export function duckId(id: string): string {
  if (!ID.test(id)) throw new Error(`${id} is no id`);
  return `'${id}'::uuid`;
}
