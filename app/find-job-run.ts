import 'server-only';
import { cache } from 'react';
import { readJobRun } from '@/lib/jobs/read-job-run';
import type { Permission } from '@/lib/people/permissions';
import { enterPage } from './enter-page';
import { loadForPage } from './load-for-page';

/** The run of the address, loaded once a request for a layout and its page; the 404 page when there is none. */
export const findJobRun = cache(async (permission: Permission, id: string) => {
  const ctx = await enterPage(permission);
  return loadForPage(readJobRun(ctx, { id }));
});
