/** Bytes that this process holds in memory at the most while it works, looked at every few milliseconds. */
export async function peakMemory<T>(
  work: () => Promise<T>,
): Promise<{ result: T; before: number; peak: number }> {
  const before = process.memoryUsage.rss();
  let peak = before;
  const look = () => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  const timer = setInterval(look, 10);
  try {
    const result = await work();
    look();
    return { result, before, peak };
  } finally {
    clearInterval(timer);
  }
}

export const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MB`;
