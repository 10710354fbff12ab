import { byPlace, type Place } from './place';

/** The newest of what is added, each place once, `size` of them at the most. */
export class Newest<T extends Place> {
  #items: T[];

  constructor(
    private readonly size: number,
    items: readonly T[],
  ) {
    this.#items = [...items].sort(byPlace).slice(0, size);
  }

  get items(): readonly T[] {
    return this.#items;
  }

  /** When the oldest of them began, once there are `size` of them: what began earlier is of no use. Null before. */
  get since(): string | null {
    return this.#items.length < this.size ? null : (this.#items.at(-1)?.at ?? null);
  }

  /** What is there already stays as it is. */
  add(items: readonly T[]): void {
    const known = new Set(this.#items.map(({ at, id }) => `${at} ${id}`));
    const others = items.filter(({ at, id }) => !known.has(`${at} ${id}`));
    this.#items = [...this.#items, ...others].sort(byPlace).slice(0, this.size);
  }
}
