import type { Context } from '@/lib/people/context';
import { sayActor } from '@/lib/people/say-actor';
import { nameTargets } from './name-targets';

/**
 * What actors of Lapse itself are called now, by their keys: 'user:1' is 'Ada Lovelace', 'system:<job>' 'the job “...”'. One that
 * is not there any more, or that no key of ours names, is left out, and so are people and tokens for whoever may not read the log.
 */
export async function nameActors(
  ctx: Context,
  keys: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const stored = await nameTargets(ctx, keys.map(targetOf));
  const names = keys.flatMap((key): [string, string][] => {
    const name = nameOf(key, stored.get(targetOf(key) ?? ''));
    return name === null ? [] : [[key, name]];
  });
  return new Map(names);
}

/** As the same person or token is named where something is done to it. */
function targetOf(key: string): string | null {
  if (key.startsWith('user:')) return key.replace('user:', 'person:');
  return key.startsWith('token:') ? key : null;
}

function nameOf(key: string, stored: string | undefined): string | null {
  const id = key.slice(key.indexOf(':') + 1);
  if (key.startsWith('user:')) return stored ?? null;
  if (key.startsWith('token:'))
    return stored === undefined ? null : sayActor({ type: 'token', name: stored });
  if (key.startsWith('system:')) return sayActor({ type: 'system', job: id });
  if (key.startsWith('cli:')) return sayActor({ type: 'cli', osUser: id });
  return key === 'anonymous' ? sayActor({ type: 'anonymous' }) : null;
}
