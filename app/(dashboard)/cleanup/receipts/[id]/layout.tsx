import type { ReactNode } from 'react';
import { findReceipt } from './find-receipt';

interface ReceiptLayoutProps {
  params: Promise<{ id: string }>;
  children: ReactNode;
}

/** Outside of the loading state below it, so that a receipt that is not there is answered with 404 and not with 200. */
export default async function ReceiptLayout({ params, children }: ReceiptLayoutProps) {
  await findReceipt((await params).id);
  return children;
}
