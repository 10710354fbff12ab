import { Skeleton } from '../ui/skeleton';

/** The shape of a run's page, so that nothing jumps when it comes. */
export function RunSkeleton({ label }: { label: string }) {
  return (
    <div role="status" className="grid gap-6">
      <span className="sr-only">{label}</span>
      <div className="grid gap-2">
        <Skeleton className="h-5 w-32" />
        <Skeleton className="h-7 w-64" />
        <Skeleton className="h-5 w-full max-w-xl" />
      </div>
      <div className="grid gap-3">
        <Skeleton className="h-6 w-36" />
        <Skeleton className="h-52 w-full" />
      </div>
    </div>
  );
}
