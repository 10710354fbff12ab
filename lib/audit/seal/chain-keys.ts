import { readEnv } from '@/lib/platform/env';
import type { ChainKeys } from './append-statement';
import { readSigningKey } from './signing-key';

/**
 * The keys of this process, from LAPSE_AUDIT_SIGNING_KEY, LAPSE_AUDIT_PREVIOUS_SIGNING_KEY and LAPSE_AUDIT_ACCEPTED_KEYS. `npm start` makes the first
 * one where none is given, except in production. Throws an Error that names what is wrong and never the key.
 */
export function chainKeys(): ChainKeys {
  const { LAPSE_AUDIT_SIGNING_KEY: current, LAPSE_AUDIT_PREVIOUS_SIGNING_KEY: previous } = readEnv();
  if (!current) throw new Error('LAPSE_AUDIT_SIGNING_KEY is not set: without it nothing can be sealed.');
  return {
    current: readSigningKey(current),
    ...(previous !== undefined && { previous: readSigningKey(previous) }),
    accepted: acceptedKeys(),
  };
}

/** The ids of the keys that nobody endorsed and that are ours all the same, since the key before was lost. */
export const acceptedKeys = (): ReadonlySet<string> => new Set(readEnv().LAPSE_AUDIT_ACCEPTED_KEYS);
