import { formatCount } from '@/lib/platform/format';
import { Pagination } from '../ui/pagination';
import { TextLink } from '../ui/text-link';
import { hrefWith, type SearchParams } from './table-url';

interface KeysetPagesProps {
  /** What the rows are, in the singular, such as 'run'. */
  noun: string;
  plural?: string;
  shown: number;
  nextCursor: string | null;
  pathname: string;
  params: SearchParams;
}

/** Onwards through a keyset, and back to its beginning; there is no page before, since a keyset only goes one way. */
export function KeysetPages({ noun, plural, shown, nextCursor, pathname, params }: KeysetPagesProps) {
  const name = plural ?? `${noun}s`;
  const isLater = params.after !== undefined;
  if (!isLater && !nextCursor && shown === 0) return null;
  return (
    <Pagination
      label={`Pages of ${name}`}
      previousHref={null}
      nextHref={nextCursor ? hrefWith(pathname, params, { after: nextCursor }) : null}
    >
      {isLater ? (
        <TextLink href={hrefWith(pathname, params, { after: null })}>Back to the first page</TextLink>
      ) : (
        `${formatCount(shown, noun, name)} shown`
      )}
    </Pagination>
  );
}
