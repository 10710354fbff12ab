/** What Next gives a page as its search parameters. */
export type SearchParams = Record<string, string | string[] | undefined>;

export interface Sort {
  by: string;
  direction: 'asc' | 'desc';
}

/** The names that stand for a place in the table; they mean nothing once a filter or the order has changed. */
const PLACE = ['after', 'before'];

/**
 * The address of the same table with some parameters changed; null and '' remove one. Unless the patch itself goes to
 * another place, the table starts from its beginning.
 */
export function hrefWith(
  pathname: string,
  params: SearchParams,
  patch: Record<string, string | number | null>,
): string {
  const next = new URLSearchParams();
  const movesPlace = PLACE.some((name) => name in patch);
  for (const [name, value] of Object.entries(params)) {
    if (name in patch || value === undefined || PLACE.includes(name)) continue;
    for (const item of Array.isArray(value) ? value : [value]) if (item !== '') next.append(name, item);
  }
  for (const [name, value] of Object.entries(patch)) {
    if (value !== null && value !== '' && (movesPlace || !PLACE.includes(name)))
      next.set(name, String(value));
  }
  const query = next.toString();
  return query ? `${pathname}?${query}` : pathname;
}

/** Reads 'title' or '-title' (descending); anything that is not among `allowed` gives the fallback. */
export function parseSort(value: unknown, allowed: readonly string[], fallback: Sort): Sort {
  if (typeof value !== 'string') return fallback;
  const direction = value.startsWith('-') ? 'desc' : 'asc';
  const by = value.replace(/^-/, '');
  return allowed.includes(by) ? { by, direction } : fallback;
}

export const sortParam = (sort: Sort): string => `${sort.direction === 'desc' ? '-' : ''}${sort.by}`;

/** The one value of a parameter; of several the first, of none or an empty one undefined. */
export function one(value: string | string[] | undefined): string | undefined {
  return (Array.isArray(value) ? value[0] : value)?.trim() || undefined;
}
