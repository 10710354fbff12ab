import { RunSkeleton } from '@/components/jobs/run-skeleton';

export default function Loading() {
  return <RunSkeleton label="Loading the run" />;
}
