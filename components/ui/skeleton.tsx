import type { ComponentProps } from 'react';
import { cn } from './cn';

/** A grey block of the size of what is to come. Give it that size, so that nothing jumps. */
export function Skeleton({ className, ...props }: ComponentProps<'div'>) {
  return <div aria-hidden {...props} className={cn('animate-pulse rounded-md bg-hover', className)} />;
}

/** The shape of a page with a title, its answer and a table, for loading.tsx. */
export function PageSkeleton({ label = 'Loading' }: { label?: string }) {
  return (
    <div role="status" className="grid gap-6">
      <span className="sr-only">{label}</span>
      <div className="grid gap-2">
        <Skeleton className="h-7 w-48" />
        <Skeleton className="h-5 w-full max-w-xl" />
      </div>
      <TableSkeleton />
    </div>
  );
}

export function TableSkeleton({ rows = 8 }: { rows?: number }) {
  return (
    <div aria-hidden className="overflow-hidden rounded-lg border bg-card">
      <div className="h-9 border-b bg-muted" />
      {Array.from({ length: rows }, (_, row) => row).map((row) => (
        <div key={row} className="flex h-10 items-center gap-6 border-b px-3 last:border-b-0">
          <Skeleton className="h-4 w-1/3" />
          <Skeleton className="h-4 w-20" />
          <Skeleton className="ml-auto h-4 w-24" />
        </div>
      ))}
    </div>
  );
}
