/** One value inside an event, by its path, before and after. undefined: it was not there. */
export interface ValueChange {
  /** Such as 'target.challengeId', or 'labels."app.kubernetes.io"'; empty when the value itself is no object. */
  path: string;
  before: unknown;
  after: unknown;
  changed: boolean;
}

/**
 * The old and the new value of an event, leaf by leaf, in the order in which they were written. An event that only tells a
 * new value (or only an old one) has nothing to compare: its leaves are not marked as changed. A leaf that is null on one
 * side and missing on the other says the same.
 */
export function diffValues(oldValue: unknown, newValue: unknown): ValueChange[] {
  const [before, after] = [leavesOf(oldValue), leavesOf(newValue)];
  const comparable = before.size > 0 && after.size > 0;
  return [...new Set([...before.keys(), ...after.keys()])].map((path) => {
    const [was, is] = [before.get(path), after.get(path)];
    return {
      path,
      before: was,
      after: is,
      changed: comparable && textOf(was) !== textOf(is),
    };
  });
}

const textOf = (leaf: unknown): string => JSON.stringify(leaf ?? null);

function leavesOf(value: unknown, path = '', leaves = new Map<string, unknown>()): Map<string, unknown> {
  if (value === null || value === undefined) {
    // At the top it means that there is no value at all.
    if (path !== '') leaves.set(path, null);
    return leaves;
  }
  if (typeof value !== 'object' || isPlainList(value) || Object.keys(value).length === 0) {
    leaves.set(path, value);
    return leaves;
  }
  for (const [name, inner] of Object.entries(value))
    leavesOf(inner, path === '' ? segment(name) : `${path}.${segment(name)}`, leaves);
  return leaves;
}

/** A name that could be taken for a path is quoted, so that no two leaves have one path. */
const segment = (name: string): string => (/^[^."]+$/.test(name) ? name : JSON.stringify(name));

/** A list of words and numbers reads better as one. */
function isPlainList(value: object): boolean {
  return Array.isArray(value) && value.every((item) => item === null || typeof item !== 'object');
}
