/** The next of 1, 2, 2.5, 5, 10, 20 ... that is not below `value`, so that the axis ends with a number people can read. */
export function axisEnd(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 2.5, 5, 10].find((each) => value <= each * power) ?? 10;
  return step * power;
}

/** The place of each instant between the first and the last, from 0 to 100; a single one stands at the end. */
export function places(instants: readonly number[]): number[] {
  const first = instants[0] ?? 0;
  const span = (instants.at(-1) ?? 0) - first;
  return instants.map((at) => (span === 0 ? 100 : ((at - first) / span) * 100));
}

/** The number of the place that is nearest to `share` (0 to 100). */
export function nearest(sorted: readonly number[], share: number): number {
  let best = 0;
  for (let index = 1; index < sorted.length; index += 1) {
    if (Math.abs((sorted[index] ?? 0) - share) <= Math.abs((sorted[best] ?? 0) - share)) best = index;
  }
  return best;
}

/** A path through the points, in a square of 100 whose origin is above; nothing is drawn where there is no value. */
export function linePath(xs: readonly number[], values: readonly (number | null)[], end: number): string {
  let isDown = false;
  const parts = values.map((value, index) => {
    if (value === null) {
      isDown = false;
      return '';
    }
    const step = `${isDown ? 'L' : 'M'}${round(xs[index] ?? 0)} ${round(100 - (value / end) * 100)}`;
    isDown = true;
    return step;
  });
  return parts.filter(Boolean).join('');
}

const round = (value: number): number => Math.round(value * 100) / 100;
