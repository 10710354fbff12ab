import { headers } from 'next/headers';
import type { UserActor } from '@/lib/people/actor';
import { loadSessionPerson } from '@/lib/people/current-person';
import { getServices } from '@/lib/services';
import { addressOf } from './request-address';
import { readClaims } from './session-claims';

/** The person whose session the claims are, with where the request came from; null when the session counts no more. */
export async function actorOfClaims(claims: Record<string, unknown>): Promise<UserActor | null> {
  const { db, clock } = getServices();
  const session = readClaims(claims, clock.now());
  const person = session && (await loadSessionPerson(db, session));
  if (!person) return null;
  const address = addressOf(await headers());
  return { ...person, ...(address && { address }) };
}
