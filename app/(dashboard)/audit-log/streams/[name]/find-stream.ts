import 'server-only';
import { cache } from 'react';
import { enterPage } from '@/app/enter-page';
import { loadForPage } from '@/app/load-for-page';
import { loadStream } from '@/lib/audit/limits/stream-standings';

/** The stream of the address, loaded once a request for the layout and the page; the 404 page when there is none. */
export const findStream = cache(async (stream: string) => {
  const ctx = await enterPage('audit.read');
  return loadForPage(loadStream(ctx, { stream: decodeURIComponent(stream) }));
});
