'use client';

import { Failure, type FailureProps } from '@/components/shell/failure';

export default function DashboardError(props: FailureProps) {
  return <Failure {...props} />;
}
