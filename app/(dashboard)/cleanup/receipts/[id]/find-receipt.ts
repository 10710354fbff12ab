import 'server-only';
import { cache } from 'react';
import { enterPage } from '@/app/enter-page';
import { loadForPage } from '@/app/load-for-page';
import { loadReceipt } from '@/lib/deletion/load-receipt';

/** The receipt of the address, loaded once a request for the layout and the page; the 404 page when there is none. */
export const findReceipt = cache(async (receiptId: string) => {
  const ctx = await enterPage('cleanup.read');
  return loadForPage(loadReceipt(ctx, { receiptId }));
});
