import { inArray, sql } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/pg-core';
import { challengePhases, challenges } from '@/db/schema/challenges';
import { holds } from '@/db/schema/holds';
import { overrideChanges } from '@/db/schema/overrides';
import { people } from '@/db/schema/people';
import { apiTokens } from '@/db/schema/tokens';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';

const MAX_ID = 2_147_483_647;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * What the targets of audit events are called now: 'person:1' is 'Ada Lovelace'. A target that has no name, or names nothing
 * that is there, is left out. One query, whatever their number; nothing for those who may not read the log.
 */
export async function nameTargets(
  ctx: Context,
  targets: readonly (string | null)[],
): Promise<ReadonlyMap<string, string>> {
  const numbers = (kind: string) =>
    idsOf(targets, kind, (id) => /^[1-9]\d{0,9}$/.test(id) && Number(id) <= MAX_ID).map(Number);
  const uuids = (kind: string) => idsOf(targets, kind, (id) => UUID.test(id));
  const wanted = {
    ...{ challenge: numbers('challenge'), phase: numbers('phase'), person: numbers('person') },
    ...{ override: uuids('override'), hold: uuids('hold'), token: uuids('token') },
  };
  if (!can(ctx.actor, 'audit.read') || Object.values(wanted).every((ids) => ids.length === 0)) {
    return new Map();
  }
  const { db } = ctx;
  const rows = await unionAll(
    db
      .select({ target: sql<string>`'challenge:' || ${challenges.id}`, name: challenges.title })
      .from(challenges)
      .where(inArray(challenges.id, wanted.challenge)),
    db
      .select({ target: sql<string>`'phase:' || ${challengePhases.id}`, name: challengePhases.name })
      .from(challengePhases)
      .where(inArray(challengePhases.id, wanted.phase)),
    db
      .select({ target: sql<string>`'person:' || ${people.id}`, name: people.displayName })
      .from(people)
      .where(inArray(people.id, wanted.person)),
    db
      .select({ target: sql<string>`'override:' || ${overrideChanges.id}`, name: challenges.title })
      .from(overrideChanges)
      .innerJoin(challenges, sql`${challenges.id} = ${overrideChanges.challengeId}`)
      .where(inArray(overrideChanges.id, wanted.override)),
    db
      .select({ target: sql<string>`'hold:' || ${holds.id}`, name: holds.matter })
      .from(holds)
      .where(inArray(holds.id, wanted.hold)),
    db
      .select({ target: sql<string>`'token:' || ${apiTokens.id}`, name: apiTokens.name })
      .from(apiTokens)
      .where(inArray(apiTokens.id, wanted.token)),
  );
  return new Map(rows.map(({ target, name }) => [target, name]));
}

function idsOf(targets: readonly (string | null)[], kind: string, isId: (text: string) => boolean): string[] {
  const ids = targets.flatMap((target) =>
    target?.startsWith(`${kind}:`) ? [target.slice(kind.length + 1)] : [],
  );
  return [...new Set(ids.filter(isId))];
}
