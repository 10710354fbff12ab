import type { ReactNode } from 'react';
import { enterPage } from '@/app/enter-page';

/** Answers 403 before anything below begins to stream; every page and verb below checks for itself as well. */
export default async function PublicDataLayout({ children }: { children: ReactNode }) {
  await enterPage('anonymous-data.read');
  return children;
}
