import type { ReactNode } from 'react';
import { findChallenge } from './find-challenge';

interface ChallengeLayoutProps {
  params: Promise<{ id: string }>;
  children: ReactNode;
}

/** Outside of the loading state below it, so that a challenge that is not there is answered with 404 and not with 200. */
export default async function ChallengeLayout({ params, children }: ChallengeLayoutProps) {
  await findChallenge((await params).id);
  return children;
}
