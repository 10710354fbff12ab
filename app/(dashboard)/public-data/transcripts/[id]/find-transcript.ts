import 'server-only';
import { cache } from 'react';
import { enterPage } from '@/app/enter-page';
import { loadForPage } from '@/app/load-for-page';
import { loadTranscript } from '@/lib/anonymous/load-transcript';

/** The transcript of the address, loaded once a request for the layout and the page; the 404 page when there is none. */
export const findTranscript = cache(async (id: string) => {
  const ctx = await enterPage('anonymous-data.read');
  return loadForPage(loadTranscript(ctx, { id: decodeURIComponent(id) }));
});
