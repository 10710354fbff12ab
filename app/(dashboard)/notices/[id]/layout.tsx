import type { ReactNode } from 'react';
import { findNotice } from './find-notice';

interface NoticeLayoutProps {
  params: Promise<{ id: string }>;
  children: ReactNode;
}

/** Outside of the loading state below it, so that a notice that is not there is answered with 404 and not with 200. */
export default async function NoticeLayout({ params, children }: NoticeLayoutProps) {
  await findNotice((await params).id);
  return children;
}
