import type { LogTrouble } from '@/lib/audit/status/log-troubles';
import { Callout } from '../ui/callout';
import { TextLink } from '../ui/text-link';
import { SIZE_PATH } from './size-filters';
import { troubleHref } from './trouble-href';

const WORDS: Record<LogTrouble['kind'], string> = {
  run: 'See the run',
  overdue: 'See the jobs',
  archive: 'See the jobs',
  stream: 'See the stream',
  policy: 'See the retention',
  verification: 'See more',
  size: 'See more',
};

/** What wants attention, each with the way to it; nothing when all is well. */
export function TroubleList({ troubles }: { troubles: readonly LogTrouble[] }) {
  if (troubles.length === 0) return null;
  return (
    <Callout kind="warning" title="This wants attention">
      <ul className="grid gap-1">
        {troubles.map((trouble) => {
          const href = troubleHref(trouble);
          return (
            <li key={trouble.words} className="wrap-anywhere">
              {trouble.words}{' '}
              {href === SIZE_PATH ? null : <TextLink href={href}>{WORDS[trouble.kind]}</TextLink>}
            </li>
          );
        })}
      </ul>
    </Callout>
  );
}
