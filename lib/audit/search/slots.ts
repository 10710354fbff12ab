/** Searches of archives in one process at a time: each may take 150 MB and both cores of a small machine. */
const SLOTS = 2;

let taken = 0;
const waiting: (() => void)[] = [];

/** Does `work` when its turn has come, in the order of asking. */
export async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (taken < SLOTS) taken += 1;
  else await new Promise<void>((resolve) => waiting.push(resolve));
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else taken -= 1;
  }
}
