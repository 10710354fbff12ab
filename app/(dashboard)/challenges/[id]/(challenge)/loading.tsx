import { Skeleton, TableSkeleton } from '@/components/ui/skeleton';

export default function Loading() {
  return (
    <div role="status" aria-label="Loading the challenge" className="grid gap-6">
      <div className="grid gap-2">
        <Skeleton className="h-5 w-56" />
        <Skeleton className="h-7 w-80 max-w-full" />
        <Skeleton className="h-5 w-full max-w-xl" />
      </div>
      <Skeleton className="h-10 w-full" />
      <Skeleton className="h-44 w-full" />
      <Skeleton className="h-40 w-full" />
      <TableSkeleton rows={3} />
      <TableSkeleton rows={8} />
    </div>
  );
}
