import { ChevronLeft, ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { LinkButton } from './link-button';

interface PaginationProps {
  /** The URL of the page before; null on the first page. */
  previousHref: string | null;
  /** The URL of the page after; null on the last page. */
  nextHref: string | null;
  /** What is seen, such as '50 of 2,700 challenges'. */
  children?: ReactNode;
  /** Names the links for screen readers. */
  label?: string;
}

/** Forwards and backwards through a keyset: no page numbers, because rows come and go while one reads. */
export function Pagination({ previousHref, nextHref, children, label = 'Pages' }: PaginationProps) {
  return (
    <nav aria-label={label} className="flex flex-wrap items-center justify-between gap-3" data-print="hide">
      <p className="text-[0.8125rem] text-muted-foreground">{children}</p>
      {previousHref || nextHref ? (
        <div className="flex gap-2">
          <PageLink href={previousHref} rel="prev">
            <ChevronLeft aria-hidden /> Previous
          </PageLink>
          <PageLink href={nextHref} rel="next">
            Next <ChevronRight aria-hidden />
          </PageLink>
        </div>
      ) : null}
    </nav>
  );
}

/** Stays in its place when there is nowhere to go, so that the other link does not jump. */
function PageLink({
  href,
  rel,
  children,
}: {
  href: string | null;
  rel: 'prev' | 'next';
  children: ReactNode;
}) {
  if (href)
    return (
      <LinkButton href={href} rel={rel} size="sm">
        {children}
      </LinkButton>
    );
  return (
    <span aria-hidden className="invisible inline-flex h-8 items-center gap-2 px-3 text-[0.8125rem]">
      {children}
    </span>
  );
}
