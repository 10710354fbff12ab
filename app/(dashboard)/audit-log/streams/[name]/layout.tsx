import type { ReactNode } from 'react';
import { findStream } from './find-stream';

interface StreamLayoutProps {
  params: Promise<{ name: string }>;
  children: ReactNode;
}

/** Outside of the loading state below it, so that a stream that is not there is answered with 404 and not with 200. */
export default async function StreamLayout({ params, children }: StreamLayoutProps) {
  await findStream((await params).name);
  return children;
}
