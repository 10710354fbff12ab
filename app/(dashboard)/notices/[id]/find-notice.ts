import 'server-only';
import { cache } from 'react';
import { loadForPage } from '@/app/load-for-page';
import { getContext } from '@/app/session';
import { loadNotice } from '@/lib/notices/load-notice';

/** The notice of the address, loaded once a request for the layout and the page; the 404 page when there is none. */
export const findNotice = cache(async (noticeId: string) => {
  const ctx = await getContext();
  return loadForPage(loadNotice(ctx, { noticeId }));
});
