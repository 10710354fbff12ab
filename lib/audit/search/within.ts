import { LapseError } from '@/lib/platform/errors';

/** What comes of `work`, or 'unavailable' with `message` when it takes too long; `work` itself goes on. */
export async function within<T>(work: Promise<T>, ms: number, message: string): Promise<T> {
  if (ms === Number.POSITIVE_INFINITY) return work;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new LapseError('unavailable', message)), Math.max(0, ms));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    // Nobody may be waiting any more when it fails.
    work.catch(() => {});
  }
}
