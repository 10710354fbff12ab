import type { ReactNode } from 'react';
import { requireActor } from '@/app/session';

/** Answers 403 before anything below begins to stream; every page and verb below checks for itself as well. */
export default async function CleanupLayout({ children }: { children: ReactNode }) {
  await requireActor('cleanup.read');
  return children;
}
