import type { ReactNode } from 'react';
import { findPlan } from './find-plan';

interface PlanLayoutProps {
  params: Promise<{ id: string }>;
  children: ReactNode;
}

/** Outside of the loading state below it, so that a plan that is not there is answered with 404 and not with 200. */
export default async function PlanLayout({ params, children }: PlanLayoutProps) {
  await findPlan((await params).id);
  return children;
}
