import type { ReactNode } from 'react';
import { findTranscript } from './find-transcript';

interface TranscriptLayoutProps {
  params: Promise<{ id: string }>;
  children: ReactNode;
}

/** Outside of the loading state below it, so that a transcript that is not there is answered with 404 and not with 200. */
export default async function TranscriptLayout({ params, children }: TranscriptLayoutProps) {
  await findTranscript((await params).id);
  return children;
}
