import 'server-only';
import { cache } from 'react';
import { enterPage } from '@/app/enter-page';
import { loadForPage } from '@/app/load-for-page';
import { loadPlan } from '@/lib/deletion/load-plan';

/** The plan of the address, loaded once a request for the layout and the page; the 404 page when there is none. */
export const findPlan = cache(async (planId: string) => {
  const ctx = await enterPage('cleanup.read');
  return loadForPage(loadPlan(ctx, { planId }));
});
