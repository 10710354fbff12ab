import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from './cn';

interface ErrorStateProps {
  title: string;
  /** What it means for the person, and what can be done. */
  children?: ReactNode;
  actions?: ReactNode;
  /** The id under which the failure is in the log. */
  digest?: string | undefined;
  className?: string;
}

/** Something could not be loaded. Read out at once by screen readers. */
export function ErrorState({ title, children, actions, digest, className }: ErrorStateProps) {
  return (
    <div
      role="alert"
      className={cn(
        'grid justify-items-center gap-2 rounded-lg border bg-card px-6 py-10 text-center',
        className,
      )}
    >
      <TriangleAlert aria-hidden className="size-6 text-tone-red" />
      <p className="font-medium">{title}</p>
      {children ? <div className="max-w-prose text-muted-foreground">{children}</div> : null}
      {digest ? (
        <p className="text-[0.8125rem] text-muted-foreground">
          In the log this is <code className="font-mono">{digest}</code>.
        </p>
      ) : null}
      {actions ? <div className="mt-2 flex flex-wrap justify-center gap-2">{actions}</div> : null}
    </div>
  );
}
