import { describe, expect, it } from 'vitest';
import { retryDelayMs, withRetries } from './retry';

const policy = { attempts: 4, baseDelayMs: 100, maxDelayMs: 500 };

describe('retries', () => {
  it('wait anything up to a ceiling that doubles, up to a limit', () => {
    const longest = [1, 2, 3, 4, 50].map((attempt) => retryDelayMs(attempt, policy, () => 1));
    expect(longest).toEqual([100, 200, 400, 500, 500]);
    expect(retryDelayMs(3, policy, () => 0)).toBe(0);
  });

  it('end with success, with the last attempt, or at once when there is no point', async () => {
    const quick = { ...policy, baseDelayMs: 1 };
    let calls = 0;
    const failing = (until: number) => async () => {
      calls += 1;
      if (calls <= until) throw new Error(`attempt ${calls}`);
      return calls;
    };
    expect(await withRetries(quick, () => true, failing(2))).toBe(3);
    calls = 0;
    await expect(withRetries(quick, () => true, failing(9))).rejects.toThrow('attempt 4');
    calls = 0;
    await expect(withRetries(quick, () => false, failing(9))).rejects.toThrow('attempt 1');
  });
});
