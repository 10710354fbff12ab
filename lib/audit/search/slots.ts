import { onceAProcess } from './once-a-process';

/** Searches of archives in one process at a time: each may take 150 MB and both cores of a small machine. */
const SLOTS = 2;

const slots = onceAProcess('slots', () => ({ taken: 0, waiting: [] as (() => void)[] }));

/** Does `work` when its turn has come, in the order of asking. */
export async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (slots.taken < SLOTS) slots.taken += 1;
  else await new Promise<void>((resolve) => slots.waiting.push(resolve));
  try {
    return await work();
  } finally {
    const next = slots.waiting.shift();
    if (next) next();
    else slots.taken -= 1;
  }
}
