import 'server-only';
import { cache } from 'react';
import { enterPage } from '@/app/enter-page';
import { loadForPage } from '@/app/load-for-page';
import { loadHold } from '@/lib/holds/load-hold';

/** The hold of the address, loaded once a request for the layout and the page; the 404 page when there is none. */
export const findHold = cache(async (holdId: string) => {
  const ctx = await enterPage('holds.read');
  return loadForPage(loadHold(ctx, { holdId }));
});
