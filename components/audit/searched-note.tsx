import type { Searched } from '@/lib/audit/list-events';
import { formatCount } from '@/lib/platform/format';
import { formatInstantBoth } from '@/lib/platform/format-time';
import { Callout } from '../ui/callout';
import { LinkButton } from '../ui/link-button';
import { archiveWords, searchedWords } from './searched-words';

/** Reasons that are written out; the API has them all. */
const NAMED = 5;

/** A part of the hot tier was out of sight for the moment, loudly as well. */
export function LeavingNote({ searched: { leaving }, zone }: { searched: Searched; zone: string }) {
  if (leaving.length === 0) return null;
  return (
    <Callout kind="warning" title="A cleanup is going on: events may be missing here for some minutes">
      <ul className="grid gap-1">
        {leaving.map(({ from, to }) => (
          <li key={from}>
            {`It is taking away what began from ${formatInstantBoth(new Date(from), zone)} until ${formatInstantBoth(new Date(to), zone)}. What is in archives was found there; should something of it stay, it can be found once the cleanup is done.`}
          </li>
        ))}
      </ul>
    </Callout>
  );
}

/** A quiet line on what was searched, with each archive by name for whoever asks. */
export function SearchedLine({ searched }: { searched: Searched }) {
  const { archives } = searched;
  const words = searchedWords(searched);
  if (archives.length < 2) return <p className="text-[0.8125rem] text-muted-foreground">{words}</p>;
  return (
    <details className="text-[0.8125rem] text-muted-foreground">
      <summary className="w-fit cursor-pointer rounded-sm">{words}</summary>
      <ul className="mt-1 columns-1 gap-x-8 pl-4 sm:columns-2 lg:columns-3">
        {archives.map((archive) => (
          <li key={archive.id} className="first-letter:uppercase">
            {archiveWords(archive)}
          </li>
        ))}
      </ul>
    </details>
  );
}

/** What could not be read, loudly: what is missing must not look like what was never there. */
export function UnreachableNote({ searched: { unreachable } }: { searched: Searched }) {
  if (unreachable.length === 0) return null;
  const left = unreachable.length - NAMED;
  return (
    <Callout
      kind="warning"
      title={
        unreachable.length === 1
          ? 'An archive could not be searched: what it holds is missing here'
          : `${formatCount(unreachable.length, 'archive')} could not be searched: what they hold is missing here`
      }
    >
      <ul className="grid gap-1">
        {unreachable.slice(0, NAMED).map(({ why, ...archive }) => (
          <li key={archive.id} className="wrap-anywhere">
            <span className="font-medium">
              {archiveWords(archive).replace(/^t/, 'T')}
              {': '}
            </span>
            {why}
          </li>
        ))}
        {left > 0 ? <li>{`and ${formatCount(left, 'more', 'more')}.`}</li> : null}
      </ul>
    </Callout>
  );
}

interface SearchFurtherProps {
  searched: Searched;
  /** Of the page that goes on. */
  href: string | null;
  zone: string;
}

/** The search ended at its limits before the page was full, and can go on from there. */
export function SearchFurther({ searched: { isCutShort, backTo }, href, zone }: SearchFurtherProps) {
  if (!isCutShort || backTo === null || href === null) return null;
  return (
    <Callout
      className="flex-wrap"
      actions={
        <LinkButton href={href} rel="next" size="sm">
          Search further
        </LinkButton>
      }
    >
      Searched back to {formatInstantBoth(new Date(backTo), zone)}. There may be more before that.
    </Callout>
  );
}
