import type { AuditEventRow } from '@/lib/audit/event-row';
import { listHotAuditEvents } from '@/lib/audit/list-events';
import type { Context } from '@/lib/people/context';
import type { HoldRow } from './hold-rows';
import { targetKey } from './hold-target';

/** Placing waits for the challenge's lock between the beginning of its event and the instant of the hold. */
const MAX_WAIT_MS = 10 * 60 * 1000;
const LISTED = 50;

/**
 * The audit events of a hold that are in the hot tier, the newest first: each try to release it, at most 50, and its placing, which
 * stands under what the hold stands on. For admins and auditors; throws 'forbidden', which leaves an event itself.
 */
export async function holdEvents(ctx: Context, hold: HoldRow): Promise<AuditEventRow[]> {
  const { id, placedAt } = hold;
  const [own, placing] = await Promise.all([
    listHotAuditEvents(ctx, { stream: 'lapse', target: `hold:${id}`, limit: LISTED }),
    listHotAuditEvents(ctx, {
      stream: 'lapse',
      action: 'hold.place',
      target: targetKey(targetOf(hold)),
      from: new Date(placedAt.getTime() - MAX_WAIT_MS),
      to: new Date(placedAt.getTime() + 1),
      limit: 200,
    }),
  ]);
  return [...own, ...placing.filter(({ newValue }) => namesHold(newValue, id))];
}

function targetOf({ challengeId, phaseId, submissionId }: HoldRow) {
  if (submissionId !== null) return { submissionId };
  return phaseId === null ? { challengeId } : { phaseId };
}

function namesHold(value: unknown, id: string): boolean {
  return typeof value === 'object' && value !== null && 'holdId' in value && value.holdId === id;
}
