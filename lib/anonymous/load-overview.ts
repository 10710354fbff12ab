import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import { readEnv } from '@/lib/platform/env';
import { storeNow } from '@/lib/platform/storage/store-now';
import { DAYS_IN_FORCE } from './anonymous-rule';
import { type ComingDue, comingDueOf, comingTimes } from './coming-due';
import { type KeptTranscripts, keptTranscriptsOf } from './kept-transcripts';
import { overviewRows } from './overview-rows';
import { requireAnonymousRead } from './require-read';

export interface AnonymousOverview {
  coming: ComingDue;
  kept: KeptTranscripts;
}

/**
 * What goes and when, and what stays and why, of all anonymous data at one instant. For those who read it; throws 'forbidden'
 * (which leaves an audit event).
 */
export async function loadOverview(ctx: Context): Promise<AnonymousOverview> {
  await requireAnonymousRead(ctx, 'anonymous-data');
  const now = ctx.clock.now();
  const from = addDays(now, DAYS_IN_FORCE);
  const oldEnough = addDays(from, -readEnv().PUBLIC_DATA_RETENTION_DAYS);
  const rows = await overviewRows(ctx.db, { ...comingTimes(now), oldEnough }, await storeNow(ctx.storage));
  return { coming: comingDueOf(rows), kept: keptTranscriptsOf(rows, from) };
}
