import { type ComponentProps, type ReactNode, useId } from 'react';
import { cn } from './cn';

/** A surface. For a part of a page with a heading use Section. */
export function Card({ className, ...props }: ComponentProps<'div'>) {
  return <div {...props} className={cn('rounded-lg border bg-card p-4 sm:p-5', className)} />;
}

interface SectionProps {
  title: string;
  /** A sentence below the title. */
  description?: ReactNode;
  /** Buttons and links at the right of the title. */
  actions?: ReactNode;
  children: ReactNode;
  className?: string;
  /** False leaves the content on the page's own surface, for tables, which bring their own. */
  surface?: boolean;
}

/** A part of a page: a heading of the second level that names its region, and its content. */
export function Section({ title, description, actions, children, className, surface = true }: SectionProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={cn('grid min-w-0 gap-3', className)}>
      <div className="flex flex-wrap items-end justify-between gap-x-4 gap-y-2">
        <div className="grid gap-0.5">
          <h2 id={id} className="text-base leading-6 font-semibold">
            {title}
          </h2>
          {description ? <p className="max-w-prose text-muted-foreground">{description}</p> : null}
        </div>
        {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
      </div>
      {surface ? <Card>{children}</Card> : children}
    </section>
  );
}
