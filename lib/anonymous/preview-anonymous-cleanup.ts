import type { z } from 'zod';
import { audited, refuse } from '@/lib/audit/record';
import { dryRunCleanup } from '@/lib/deletion/dry-run-cleanup';
import type { PlanRequest } from '@/lib/deletion/make-plan';
import { previewPlan } from '@/lib/deletion/preview-cleanup';
import type { Plan } from '@/lib/deletion/source';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { conflict } from '@/lib/platform/errors';
import { parse } from '@/lib/platform/parse';
import { assertPermitted, cleanupDays, whySkipped } from './cleanup-days';
import { recordPublicPolicy } from './record-policy';

const TARGET = 'anonymous-data';

/**
 * Plans a cleanup of anonymous data and deletes nothing: exactly which transcripts a run of this plan may delete, with what and
 * under which policy, and which must not (L6). With `days`, whole days of 24 hours, only what is older than that. The plan can
 * be run for 24 hours, by requestCleanup. Throws 'invalid' (also for fewer days than the published period), 'forbidden', and
 * 'conflict' while public mode is off.
 */
export async function previewAnonymousCleanup(
  ctx: Context,
  args: z.input<typeof cleanupDays> = {},
): Promise<Plan> {
  const request = await requestOf(ctx, args);
  const skipped = await whySkipped(ctx.db);
  if (skipped !== null) {
    return audited(ctx, { action: 'cleanup.preview', target: TARGET }, async () => {
      throw conflict(skipped);
    });
  }
  return previewPlan(ctx, TARGET, request);
}

/** The same without writing anything of the plan; `read` sees it before it is taken back. Throws as the preview does. */
export async function dryRunAnonymousCleanup<T>(
  ctx: Context,
  args: z.input<typeof cleanupDays>,
  read: (seeing: Context, plan: Plan) => Promise<T>,
): Promise<T> {
  const request = await requestOf(ctx, args);
  const skipped = await whySkipped(ctx.db);
  if (skipped !== null) throw conflict(skipped);
  return dryRunCleanup(ctx, request, read);
}

async function requestOf(ctx: Context, args: z.input<typeof cleanupDays>): Promise<PlanRequest> {
  const { days } = parse(cleanupDays, args);
  if (!can(ctx.actor, 'cleanup.preview')) {
    await refuse(ctx, { target: TARGET }, 'Only admins may preview a cleanup.');
  }
  // A shell may have another environment than the Lapse that runs, and must not change what is in force. Whoever previews
  // changes nothing either: what is written down is what Lapse was started with.
  if (ctx.actor.type !== 'cli') await recordPublicPolicy({ ...ctx, actor: { type: 'system', job: 'start' } });
  await assertPermitted(ctx.db, days);
  return { source: 'anonymous-data', ...(days === undefined ? {} : { olderThanDays: days }) };
}
