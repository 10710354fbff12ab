import { addDays } from '@/lib/platform/clock';
import { formatInstant } from '@/lib/platform/format-time';
import type { Role } from './actor';
import type { Context } from './context';

/**
 * Whole days for which an admin must have been one when a plan or a change was made, for his approval of it to count (B2).
 * Otherwise one admin could add another, and be two.
 */
export const DAYS_AS_ADMIN = 7;

export interface Standing {
  role: Role;
  disabled: boolean;
}

const isAdmin = (standing: Standing | null) => standing?.role === 'admin' && !standing.disabled;

/**
 * What to write into people.admin_since when somebody's standing changes; `before` is null for somebody new. Nothing unless
 * he becomes an admin by it, also by an account that is enabled again. Whom the shell makes one counts as always.
 */
export function becomingAdmin(
  ctx: Context,
  before: Standing | null,
  after: Standing,
): { adminSince?: Date | null } {
  if (isAdmin(before) || !isAdmin(after)) return {};
  return { adminSince: ctx.actor.type === 'cli' ? null : ctx.clock.now() };
}

/** From when on what is made may be approved by this admin; null: he may approve whatever was made. */
export const approvesFrom = (adminSince: Date | null): Date | null =>
  adminSince && addDays(adminSince, DAYS_AS_ADMIN);

/** Whether the approval of an admin since then counts for what was made at `madeAt`. */
export function approvalCounts(adminSince: Date | null, madeAt: Date): boolean {
  const from = approvesFrom(adminSince);
  return from === null || from <= madeAt;
}

/** Why the approval of somebody who is an admin since then does not count, said to himself; null: it does. */
export function whyApprovalIsTooEarly(adminSince: Date | null, madeAt: Date, zone = 'UTC'): string | null {
  if (adminSince === null || approvalCounts(adminSince, madeAt)) return null;
  return `You are an admin since ${formatInstant(adminSince, zone)}: your approval counts for what is made ${DAYS_AS_ADMIN} days after that, from ${formatInstant(addDays(adminSince, DAYS_AS_ADMIN), zone)} on.`;
}
