import type { ReactNode } from 'react';
import { cn } from './cn';

interface DescriptionListProps {
  items: readonly { term: string; description: ReactNode }[];
  /** 2 and 3 columns appear where the screen is wide enough. */
  columns?: 1 | 2 | 3;
  className?: string;
}

const COLUMNS = { 1: '', 2: 'sm:grid-cols-2', 3: 'sm:grid-cols-2 lg:grid-cols-3' };

/** Facts about one thing: what it is called, and what it is. */
export function DescriptionList({ items, columns = 2, className }: DescriptionListProps) {
  return (
    <dl className={cn('grid gap-x-8 gap-y-4', COLUMNS[columns], className)}>
      {items.map((item) => (
        <div key={item.term} className="grid min-w-0 content-start gap-0.5">
          <dt className="text-[0.8125rem] text-muted-foreground">{item.term}</dt>
          {/* Instants stay on one line in tables; here the narrowest screens need them to wrap. */}
          <dd className="min-w-0 break-words [&_time]:whitespace-normal">{item.description}</dd>
        </div>
      ))}
    </dl>
  );
}
