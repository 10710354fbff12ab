import type { ReactNode } from 'react';
import { requireActor } from '@/app/session';

/** Answers 403 before anything below begins to stream; every page and verb below checks for itself as well. */
export default async function HoldsLayout({ children }: { children: ReactNode }) {
  await requireActor('holds.read');
  return children;
}
