'use client';

import Link from 'next/link';
import { usePathname, useSearchParams } from 'next/navigation';
import type { ReactNode } from 'react';
import { cn } from './cn';

export interface TabLink {
  href: string;
  label: ReactNode;
  /** Shown beside the label. */
  count?: number;
}

interface TabLinksProps {
  /** Names the row for screen readers, such as "Parts of this challenge". */
  label: string;
  tabs: readonly TabLink[];
}

/** Views of one thing, each with its own URL; that is why they are links and not an ARIA tablist. */
export function TabLinks({ label, tabs }: TabLinksProps) {
  const pathname = usePathname();
  const params = useSearchParams();
  return (
    <nav aria-label={label} className="-mb-px overflow-x-auto border-b">
      <ul className="flex gap-5">
        {tabs.map((tab) => {
          const current = isCurrent(tab.href, pathname, params);
          return (
            <li key={tab.href}>
              <Link
                href={tab.href}
                aria-current={current ? 'page' : undefined}
                className={cn(
                  'flex h-10 items-center gap-2 border-b-2 border-transparent font-medium whitespace-nowrap text-muted-foreground hover:text-foreground',
                  'focus-visible:-outline-offset-2',
                  current && 'border-primary text-foreground',
                )}
              >
                {tab.label}
                {tab.count === undefined ? null : (
                  <span className="rounded-full bg-muted px-1.5 text-xs text-muted-foreground">
                    {tab.count}
                  </span>
                )}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

/** A tab is the current one when its path is, and every parameter that it names has its value. */
function isCurrent(href: string, pathname: string, params: URLSearchParams): boolean {
  const [path, query] = href.split('?');
  if (path !== pathname) return false;
  const wanted = new URLSearchParams(query);
  return (
    [...wanted].every(([name, value]) => params.get(name) === value) &&
    (wanted.size > 0 || !params.has('view'))
  );
}
