import type { Services } from '@/lib/platform/services';
import type { Actor } from './actor';

/** The first argument of every verb: the services, and who acts. */
export type Context = Services & { actor: Actor };
