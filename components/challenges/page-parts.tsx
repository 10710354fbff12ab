import type { ReactNode } from 'react';
import { OpenAtPart } from './open-at-part';

export interface PagePart {
  id: string;
  label: string;
}

/**
 * The parts of a long page, each one link away. It stays in sight where there is room for it; on a phone it scrolls away
 * with the title, so that the page keeps its height.
 */
export function PartLinks({ parts }: { parts: readonly PagePart[] }) {
  return (
    <nav
      aria-label="On this page"
      data-print="hide"
      className="-mx-1 overflow-x-auto border-b bg-background px-1 lg:sticky lg:top-0 lg:z-20"
    >
      <ul className="flex gap-x-5">
        {parts.map(({ id, label }) => (
          <li key={id}>
            <a
              href={`#${id}`}
              className="flex h-10 items-center rounded-sm text-[0.8125rem] font-medium whitespace-nowrap text-muted-foreground hover:text-foreground focus-visible:-outline-offset-2"
            >
              {label}
            </a>
          </li>
        ))}
      </ul>
      <OpenAtPart />
    </nav>
  );
}

/** A part that PartLinks and filtered lists lead to. */
export function Part({ id, children }: { id: string; children: ReactNode }) {
  return (
    <div id={id} className="min-w-0 scroll-mt-18 lg:scroll-mt-14">
      {children}
    </div>
  );
}
