import type { ReactNode } from 'react';
import { findJobRun } from '@/app/find-job-run';

interface RunLayoutProps {
  params: Promise<{ id: string }>;
  children: ReactNode;
}

/** Outside of the loading state below it, so that a run that is not there is answered with 404 and not with 200. */
export default async function RunLayout({ params, children }: RunLayoutProps) {
  await findJobRun('cleanup.read', (await params).id);
  return children;
}
