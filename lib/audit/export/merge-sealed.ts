import type { SealedFields } from '../seal/encoding';
import { isBefore, placeOf } from './hot-events';

type Batches = AsyncIterable<readonly SealedFields[]>;

/** Rows of batches, one at a time. */
class Rows {
  readonly #batches: AsyncIterator<readonly SealedFields[]>;
  #batch: readonly SealedFields[] = [];
  #index = 0;

  constructor(batches: Batches) {
    this.#batches = batches[Symbol.asyncIterator]();
  }

  /** The next one, which stays the next one. Waits only where a batch begins. */
  get head(): SealedFields | undefined {
    return this.#batch[this.#index];
  }

  step(): void {
    this.#index += 1;
  }

  /** Whether there is a next one. */
  async fill(): Promise<boolean> {
    while (this.head === undefined) {
      const { done, value } = await this.#batches.next();
      if (done) return false;
      [this.#batch, this.#index] = [value, 0];
    }
    return true;
  }

  close(): Promise<unknown> | undefined {
    return this.#batches.return?.();
  }
}

/**
 * The events of both in the order of sealing, each once, in batches of at most `size`. Throws when one of them is not in that
 * order: then what was merged could not be either.
 */
export async function* mergeSealed(
  one: Batches,
  other: Batches,
  size: number,
): AsyncGenerator<SealedFields[]> {
  const both = [new Rows(one), new Rows(other)] as const;
  let last: SealedFields | null = null;
  let batch: SealedFields[] = [];
  try {
    while (true) {
      const [event, isInBoth]: [SealedFields | null, boolean] = await nextOf(both);
      if (event === null) break;
      if (last && !isBefore(placeOf(last), placeOf(event))) {
        throw new Error(`${event.id} does not come after ${last.id} in the order of sealing`);
      }
      for (const rows of both) if (isInBoth || rows.head === event) rows.step();
      last = event;
      batch.push(event);
      if (batch.length < size) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  } finally {
    await Promise.all(both.map((rows) => rows.close()));
  }
}

/** The first of two heads, and whether both are the same event. */
async function nextOf([one, other]: readonly [Rows, Rows]): Promise<[SealedFields | null, boolean]> {
  await one.fill();
  await other.fill();
  const [a, b] = [one.head, other.head];
  if (!a || !b) return [a ?? b ?? null, false];
  if (isBefore(placeOf(a), placeOf(b))) return [a, false];
  return [b, !isBefore(placeOf(b), placeOf(a))];
}
