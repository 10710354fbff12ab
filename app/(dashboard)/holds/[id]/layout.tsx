import type { ReactNode } from 'react';
import { findHold } from './find-hold';

interface HoldLayoutProps {
  params: Promise<{ id: string }>;
  children: ReactNode;
}

/** Outside of the loading state below it, so that a hold that is not there is answered with 404 and not with 200. */
export default async function HoldLayout({ params, children }: HoldLayoutProps) {
  await findHold((await params).id);
  return children;
}
