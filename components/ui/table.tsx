import type { ComponentProps, ReactNode } from 'react';
import { cn } from './cn';

interface TableProps extends ComponentProps<'table'> {
  /** Says what the rows are; read by screen readers and shown only there unless `captionVisible`. */
  caption: string;
  captionVisible?: boolean;
  /** Keeps the head in sight while a tall table scrolls within this height, such as '32rem'. */
  maxHeight?: string;
  children: ReactNode;
}

/** A table that scrolls by itself when it is too wide; the scrolling region can have the focus, so keys scroll it too. */
export function Table({
  caption,
  captionVisible = false,
  maxHeight,
  className,
  children,
  ...props
}: TableProps) {
  return (
    <section
      aria-label={`Table: ${caption}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1).
      tabIndex={0}
      data-scroll-region
      className="relative min-w-0 overflow-auto rounded-lg border bg-card"
      style={maxHeight ? { maxHeight } : undefined}
    >
      <table {...props} className={cn('w-full border-separate border-spacing-0 text-sm', className)}>
        <caption className={captionVisible ? 'px-3 py-2 text-left text-muted-foreground' : 'sr-only'}>
          {caption}
        </caption>
        {children}
      </table>
    </section>
  );
}

export function TableHead({ className, ...props }: ComponentProps<'thead'>) {
  return <thead {...props} className={className} />;
}

export function TableBody({ className, ...props }: ComponentProps<'tbody'>) {
  return <tbody {...props} className={cn('[&_tr:last-child>*]:border-b-0', className)} />;
}

export function TableRow({ className, ...props }: ComponentProps<'tr'>) {
  return <tr {...props} className={cn('group/row hover:bg-hover/50', className)} />;
}

interface CellProps {
  /** Numbers that people compare are right-aligned. */
  numeric?: boolean;
}

export function TableHeader({ className, numeric = false, ...props }: ComponentProps<'th'> & CellProps) {
  return (
    <th
      scope="col"
      {...props}
      className={cn(
        'sticky top-0 z-10 h-9 border-b bg-muted px-3 text-xs font-medium whitespace-nowrap text-muted-foreground',
        numeric ? 'text-right' : 'text-left',
        className,
      )}
    />
  );
}

export function TableCell({ className, numeric = false, ...props }: ComponentProps<'td'> & CellProps) {
  return (
    <td
      {...props}
      className={cn('border-b px-3 py-2.5 align-top', numeric && 'text-right whitespace-nowrap', className)}
    />
  );
}

/** The cell that names its row, so that screen readers say it with the others. */
export function TableRowHeader({ className, ...props }: ComponentProps<'th'>) {
  return (
    <th
      scope="row"
      {...props}
      className={cn('min-w-40 border-b px-3 py-2.5 text-left align-top font-medium', className)}
    />
  );
}
