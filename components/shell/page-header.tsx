import type { ReactNode } from 'react';
import { Breadcrumb, type Crumb } from '../ui/breadcrumb';

interface PageHeaderProps {
  title: string;
  /** The page's answer in one sentence, with its numbers: what a person came to know. */
  answer: ReactNode;
  /** Beside the title, such as a StateBadge. */
  badge?: ReactNode;
  /** Buttons and links; the one that matters most comes last. */
  actions?: ReactNode;
  breadcrumb?: readonly Crumb[];
}

export function PageHeader({ title, answer, badge, actions, breadcrumb }: PageHeaderProps) {
  return (
    <div className="grid gap-2">
      {breadcrumb ? <Breadcrumb items={breadcrumb} /> : null}
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="grid min-w-0 gap-1">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <h1 className="text-xl leading-7 font-semibold tracking-tight wrap-anywhere">{title}</h1>
            {badge}
          </div>
          <p className="max-w-[72ch] text-pretty wrap-anywhere text-muted-foreground" data-answer>
            {answer}
          </p>
        </div>
        {actions ? (
          <div className="flex flex-wrap items-center gap-2" data-print="hide">
            {actions}
          </div>
        ) : null}
      </div>
    </div>
  );
}
