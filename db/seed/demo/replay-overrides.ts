import { eq } from 'drizzle-orm';
import { challenges } from '@/db/schema/challenges';
import { overrideChanges } from '@/db/schema/overrides';
import { dateToAnnounce } from '@/lib/notices/prepare-notice';
import { appliedDays, isShorter, OVERRIDES, withOverride } from '@/lib/overrides/override-field';
import { measureImpact } from '@/lib/overrides/override-impact';
import { recordedActor } from '@/lib/people/actor';
import { jobActor, personActor, type Teller, tell } from './history';
import { consentingMembers, demoEmail, personByName } from './people';
import type { ChallengeScenario, OverrideScenario } from './scenario';

/** How long after it was asked for the hosts were told. */
const TOLD_AFTER_MS = 40_000;

/** A shortening that somebody asked for and the hosts were told of; it takes effect by itself (L4). */
export async function replayOverrideChange(
  teller: Teller,
  { id: challengeId, team }: ChallengeScenario,
  { field, days, by, at, reason }: OverrideScenario,
): Promise<void> {
  const { tx, random } = teller;
  const [challenge] = await tx.select().from(challenges).where(eq(challenges.id, challengeId));
  if (!challenge) throw new Error(`the demo has no challenge ${challengeId}`);
  const told = new Date(at.getTime() + TOLD_AFTER_MS);
  const takesEffectAt = dateToAnnounce(told);
  const [before, after] = [appliedDays(challenge), appliedDays(withOverride(challenge, field, days))];
  if (!isShorter(before, after)) throw new Error(`the demo shortens nothing of challenge ${challengeId}`);
  const impact = await measureImpact(tx, { challengeId, before, after, now: told, notBefore: takesEffectAt });
  const hosts = consentingMembers(team).filter((person) => person.disabledDaysAgo === undefined);
  const oldDays = challenge[OVERRIDES[field].column];
  const id = random.idAt(at);
  await tx.insert(overrideChanges).values({
    id,
    challengeId,
    field,
    oldDays,
    newDays: days,
    shortens: true,
    reason,
    state: 'scheduled',
    requestedBy: recordedActor(personActor(by)),
    requestedByPerson: personByName(by).id,
    requestedAt: at,
    impact,
    needsApproval: false,
    announcedAt: told,
    takesEffectAt,
    recipients: hosts.map((host) => ({ email: demoEmail(host.username), personId: host.id, accepted: true })),
    attempts: 1,
  });
  await tell(teller, {
    at,
    actor: personActor(by),
    action: 'override.change',
    target: `challenge:${challengeId}`,
    reason,
    oldValue: { [field]: oldDays },
    newValue: { changeId: id, [field]: days, state: 'scheduled', impact },
  });
  await tell(teller, {
    at: told,
    actor: jobActor('apply-override-changes'),
    action: 'override.announce',
    target: `override:${id}`,
    newValue: { challengeId, attempt: 1, takesEffectAt, impact, accepted: hosts.length, refused: 0 },
    tookMs: 600,
  });
}
