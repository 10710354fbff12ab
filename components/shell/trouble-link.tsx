import { TriangleAlert } from 'lucide-react';
import Link from 'next/link';
import { cn } from '../ui/cn';

export interface Trouble {
  /** In a sentence. */
  words: string;
  /** Where a person sees more of it. */
  href: string;
}

interface TroubleLinkProps {
  troubles: readonly Trouble[];
  /** Where all of them are listed. */
  href: string;
  /** A sign without words, where there is no room for them. */
  isNarrow?: boolean;
}

/** A quiet sign in the shell that something wants to be looked at; nothing when all is well. */
export function TroubleLink({ troubles, href, isNarrow = false }: TroubleLinkProps) {
  const [first, ...others] = troubles;
  if (!first) return null;
  const words =
    others.length === 0 ? first.words : `The audit log wants attention: ${troubles.length} things`;
  return (
    <Link
      href={others.length === 0 ? first.href : href}
      {...(isNarrow && { 'aria-label': words })}
      className={cn(
        'flex items-start gap-2.5 rounded-md text-tone-amber hover:bg-hover',
        isNarrow ? 'size-9 items-center justify-center' : 'px-2.5 py-2 text-[0.8125rem] leading-4.5',
      )}
    >
      <TriangleAlert aria-hidden className="size-4 shrink-0" />
      {isNarrow ? null : <span className="line-clamp-3 wrap-anywhere">{words}</span>}
    </Link>
  );
}
