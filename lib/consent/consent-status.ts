import { eq } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { challenges } from '@/db/schema/challenges';
import { refuse } from '@/lib/audit/record';
import { can, isHostOf } from '@/lib/people/access';
import { type Actor, seesAs } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { notFound } from '@/lib/platform/errors';
import { sayLacking } from '@/lib/tokens/lacking-permission';
import { type ConsentInForce, consentInForce } from './consent-in-force';

export interface ConsentStatus {
  challengeId: number;
  challengeTitle: string;
  /** Whether a consent is in force that has a record; the flag alone is none (L1). */
  hasConsent: boolean;
  isHost: boolean;
  canProvideConsent: boolean;
  /** What hosts, admins and auditors see beyond that; null for others. */
  details: {
    consent: ConsentInForce | null;
    notes: string | null;
    logRetentionDaysOverride: number | null;
    artifactRetentionDaysOverride: number | null;
  } | null;
}

/**
 * How a challenge stands to consent, for the platform's own pages (E19). As there, everybody who is signed in may ask
 * for any challenge: its name and whether there is consent are no secret. A token needs a scope that reads challenges,
 * or a host who accepted it. Throws 'not_found', 'forbidden' (which leaves an audit event).
 */
export async function consentStatus(ctx: Context, challengeId: number): Promise<ConsentStatus> {
  const readsAll = can(ctx.actor, 'challenges.read-all');
  if (!readsAll && seesAs(ctx.actor) === null) {
    const words = 'Sign in to see how a challenge stands to consent.';
    return refuse(
      ctx,
      { target: `challenge:${challengeId}` },
      sayLacking(ctx.actor, 'challenges.read-all', words),
    );
  }
  const [challenge] = await ctx.db
    .select({
      title: challenges.title,
      notes: challenges.retentionPolicyNotes,
      logRetentionDaysOverride: challenges.logRetentionDaysOverride,
      artifactRetentionDaysOverride: challenges.artifactRetentionDaysOverride,
    })
    .from(challenges)
    .where(eq(challenges.id, challengeId));
  if (!challenge) throw notFound('Challenge does not exist');
  const { title, ...more } = challenge;
  const consent = await consentInForce(ctx.db, challengeId);
  const isHost = await decidesFor(ctx.db, ctx.actor, challengeId);
  return {
    challengeId,
    challengeTitle: title,
    hasConsent: consent !== null,
    isHost,
    canProvideConsent: isHost && consent === null,
    details: isHost || readsAll ? { consent, ...more } : null,
  };
}

async function decidesFor(db: Queryable, actor: Actor, challengeId: number): Promise<boolean> {
  const personId = seesAs(actor);
  if (personId === null || (actor.type === 'user' && actor.role === 'auditor')) return false;
  return isHostOf(db, personId, challengeId);
}
