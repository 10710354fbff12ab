/** Whole numbers that follow each other without a gap: the first and the last. */
export type NumberRange = [first: number, last: number];

/** The numbers as ranges, in order; a number that is there twice counts once. */
export const rangesOf = (numbers: readonly number[]): NumberRange[] =>
  joinRanges(numbers.map((number) => [number, number]));

/** The same numbers in as few ranges as there can be, in order. */
export function joinRanges(ranges: readonly NumberRange[]): NumberRange[] {
  const joined: NumberRange[] = [];
  for (const [first, until] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = joined.at(-1);
    if (last && first <= last[1] + 1) last[1] = Math.max(last[1], until);
    else joined.push([first, until]);
  }
  return joined;
}

/** What of a range is in none of the others; those must be joined. */
export function without([first, last]: NumberRange, others: readonly NumberRange[]): NumberRange[] {
  const left: NumberRange[] = [];
  let from = first;
  for (const [start, end] of others) {
    if (end < from) continue;
    if (start > last) break;
    if (start > from) left.push([from, start - 1]);
    from = end + 1;
  }
  if (from <= last) left.push([from, last]);
  return left;
}
