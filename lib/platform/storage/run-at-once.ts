/**
 * Runs `work` over all items, at most `limit` at the same time, and gives the results in the order of the items. The
 * first rejection stops what has not begun yet and is thrown.
 */
export async function runAtOnce<T, R>(
  limit: number,
  items: readonly T[],
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  const entries = items.entries();
  // The workers share one iterator, so each item is taken once.
  const worker = async () => {
    for (const [index, item] of entries) results[index] = await work(item, index);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}
