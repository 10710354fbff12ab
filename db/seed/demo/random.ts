import { createHash } from 'node:crypto';
import { v4, v7 } from 'uuid';

/** Numbers that look random and are the same for the same seed, on every machine. */
export interface Random {
  /** From 0 up to, but not including, 1. */
  fraction(): number;
  /** A whole number from `min` to `max`, both included. */
  whole(min: number, max: number): number;
  pick<T>(items: readonly [T, ...T[]]): T;
  chance(probability: number): boolean;
  /** An id without a time in it (version 4), for object keys: those must not change with the day of the fill. */
  uuid(): string;
  /** An id as it would have been made at `instant` (version 7). */
  idAt(instant: Date): string;
}

export function seededRandom(seed: string): Random {
  let state = createHash('sha256').update(seed).digest().readUInt32LE(0);

  // mulberry32: 32 bits of state are plenty for a demo.
  const fraction = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const whole = (min: number, max: number) => min + Math.floor(fraction() * (max - min + 1));
  const bytes = () => Uint8Array.from({ length: 16 }, () => whole(0, 255));

  return {
    fraction,
    whole,
    pick: (items) => items[whole(0, items.length - 1)] ?? items[0],
    chance: (probability) => fraction() < probability,
    uuid: () => v4({ random: bytes() }),
    idAt: (instant) => v7({ msecs: instant.getTime(), random: bytes() }),
  };
}
