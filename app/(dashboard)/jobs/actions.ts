'use server';

import { redirect } from 'next/navigation';
import { getContext } from '@/app/session';
import { requestNotices } from '@/lib/notices/request-notices';
import { type ActionResult, actionResult } from '@/lib/platform/action-result';
import { requestRecompute } from '@/lib/retention/request-recompute';

export async function requestRecomputeAction(): Promise<ActionResult<never>> {
  const result = await actionResult(async () => requestRecompute(await getContext()));
  if (!result.ok) return result;
  redirect(`/jobs/runs/${result.value.id}`);
}

export async function requestNoticesAction(): Promise<ActionResult<never>> {
  const result = await actionResult(async () => requestNotices(await getContext()));
  if (!result.ok) return result;
  redirect(`/jobs/runs/${result.value.id}`);
}
