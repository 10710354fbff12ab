/** A place in the order of every search: the newest time_started first, and the larger id of two that began together. */
export interface Place {
  /** ISO 8601 in UTC with microseconds, so that texts compare as instants do. */
  at: string;
  id: string;
}

/** No event has it; everything at an instant comes after it. */
export const LARGEST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** For sorting: the newest first. */
export const byPlace = (one: Place, other: Place): number =>
  one.at === other.at ? -compare(one.id, other.id) : -compare(one.at, other.at);

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
