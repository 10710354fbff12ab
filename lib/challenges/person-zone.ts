import type { Actor } from '@/lib/people/actor';

/** The zone in which the actor reads days; UTC for everybody who is no person. */
export const zoneOf = (actor: Actor): string => (actor.type === 'user' ? actor.timeZone : 'UTC');
