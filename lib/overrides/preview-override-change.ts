import { eq } from 'drizzle-orm';
import type { z } from 'zod';
import type { Queryable } from '@/db/client';
import { challenges } from '@/db/schema/challenges';
import { refuse } from '@/lib/audit/record';
import { dateToAnnounce } from '@/lib/notices/prepare-notice';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { conflict, notFound } from '@/lib/platform/errors';
import { parse } from '@/lib/platform/parse';
import { readSettingAt } from '@/lib/settings/read-setting';
import { type OverrideChange, openChangeOf } from './open-change';
import {
  appliedDays,
  changeInput,
  isShorter,
  OVERRIDES,
  type OverrideField,
  type Overrides,
  withOverride,
} from './override-field';
import { type AffectedSubmission, listAffected, measureImpact, type OverrideImpact } from './override-impact';

const input = changeInput({});

/** So many of the affected submissions are listed. */
const LISTED = 20;

export interface ForeseenChange {
  oldDays: number | null;
  newDays: number | null;
  /** Whether anything could go earlier; if not, the change takes effect at once. */
  shortens: boolean;
  impact: OverrideImpact;
  /** The first instant at which a shortening could take effect, if its hosts were told now; null: at once. */
  notBefore: Date | null;
  needsApproval: boolean;
  /** Files from which on a second admin must approve, so that people can be told why. */
  approvalAboveFiles: number;
}

export interface OverridePreview extends ForeseenChange {
  challengeId: number;
  field: OverrideField;
  /** The first of the affected submissions, by their new date. */
  affected: AffectedSubmission[];
  /** The open change of the field that it would take the place of; null: there is none. */
  replaces: Pick<OverrideChange, 'newDays' | 'announcedAt'> | null;
}

/**
 * What a change of an override would do if it were asked for now; changes nothing. For admins. Throws 'invalid',
 * 'forbidden' (which leaves an audit event), 'not_found', 'conflict' when the field has this value already.
 */
export async function previewOverrideChange(
  ctx: Context,
  args: z.input<typeof input>,
): Promise<OverridePreview> {
  const { challengeId, field, days } = parse(input, args);
  if (!can(ctx.actor, 'retention.write')) {
    return refuse(ctx, { target: `challenge:${challengeId}` }, 'Only admins change retention periods.');
  }
  return ctx.db.transaction(
    async (tx) => {
      const [challenge] = await tx.select().from(challenges).where(eq(challenges.id, challengeId));
      if (!challenge) throw notFound(`There is no challenge ${challengeId}.`);
      const now = ctx.clock.now();
      const change = { challengeId, field, days, now };
      const foreseen = await foresee(tx, challenge, change);
      const { daysBefore: before, daysAfter: after } = foreseen.impact;
      const difference = { challengeId, before, after, now, notBefore: foreseen.notBefore };
      const open = await openChangeOf(tx, challengeId, field);
      return {
        challengeId,
        field,
        ...foreseen,
        affected: await listAffected(tx, difference, LISTED),
        replaces: open && { newDays: open.newDays, announcedAt: open.announcedAt },
      };
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
}

/** What a change of the field would do to the challenge. Throws 'conflict' when nothing would change. */
export async function foresee(
  db: Queryable,
  overrides: Overrides,
  change: { challengeId: number; field: OverrideField; days: number | null; now: Date },
): Promise<ForeseenChange> {
  const { challengeId, field, days, now } = change;
  const oldDays = overrides[OVERRIDES[field].column];
  if (oldDays === days) {
    throw conflict(
      days === null
        ? 'There is no such override, so there is nothing to remove.'
        : `The override is ${days} days already.`,
    );
  }
  const before = appliedDays(overrides);
  const after = appliedDays(withOverride(overrides, field, days));
  const shortens = isShorter(before, after);
  const notBefore = shortens ? dateToAnnounce(now) : null;
  const impact = await measureImpact(db, { challengeId, before, after, now, notBefore });
  const approvalAboveFiles = await readSettingAt(db, 'approval.above-files', now);
  return {
    oldDays,
    newDays: days,
    shortens,
    impact,
    notBefore,
    needsApproval: shortens && impact.filesCovered > approvalAboveFiles,
    approvalAboveFiles,
  };
}
