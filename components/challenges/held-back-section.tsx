import { type HeldBack, type HeldBackGroup, JUDGED_AT_MOST } from '@/lib/challenges/held-back';
import type { LoadedChallenge } from '@/lib/challenges/load-challenge';
import { formatCount, formatNumber } from '@/lib/platform/format';
import { formatInstantBoth } from '@/lib/platform/format-time';
import { type Column, DataTable } from '../data-table/data-table';
import { hrefWith } from '../data-table/table-url';
import { Bytes, UnknownSizes } from '../ui/bytes';
import { Callout } from '../ui/callout';
import { Section } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { StateBadge } from '../ui/state-badge';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';
import { becauseOf, inOneSentence, STATE_OF, titleOf, whatWouldChange } from './held-back-words';

interface HeldBackSectionProps {
  challenge: LoadedChallenge;
  heldBack: HeldBack;
  zone: string;
  now: Date;
}

/** What is left of the challenge, by the rule that keeps it today, with what would change it (B1). */
export function HeldBackSection({ challenge, heldBack, zone, now }: HeldBackSectionProps) {
  const { groups, isPart } = heldBack;
  const shares = !isPart && groups.reduce((sum, { files }) => sum + files, 0) > challenge.figures.files;
  const stays = groups.some(({ filesThatStay }) => filesThatStay > 0);
  const notes = [
    shares ? 'A file that submissions of several rows share counts in each of them.' : '',
    stays ? 'What stays of those that go is used by others that stay, or waits for another try.' : '',
  ].filter(Boolean);
  return (
    <Section
      title="What is held back, and why"
      surface={false}
      {...(groups.length > 0 && { description: inOneSentence(heldBack) })}
    >
      {isPart ? (
        <Callout>
          These figures are of the newest {formatNumber(JUDGED_AT_MOST)} of{' '}
          {formatCount(challenge.submissions - challenge.deletedSubmissions, 'submission')} that are left, so
          that this page opens at once. A preview of the cleanup looks at all that are due.
        </Callout>
      ) : null}
      <DataTable
        caption="What is held back, by reason"
        columns={columnsFor(challenge, zone, now)}
        rows={groups}
        rowKey={({ keptBy }) => keptBy}
        empty={
          <EmptyState title="No files are left">
            {challenge.submissions === 0
              ? 'Nobody has submitted anything yet.'
              : 'No submission has a file that could be held back.'}
          </EmptyState>
        }
      />
      {notes.length > 0 ? <p className="text-[0.8125rem] text-muted-foreground">{notes.join(' ')}</p> : null}
    </Section>
  );
}

function columnsFor(challenge: LoadedChallenge, zone: string, now: Date): Column<HeldBackGroup>[] {
  const { noticeFailed } = challenge.facts;
  return [
    {
      id: 'reason',
      header: 'Why it stays',
      rowHeader: true,
      className: 'min-w-64',
      cell: ({ keptBy, submissions }) => (
        <span className="grid justify-items-start gap-1">
          {goes(keptBy) ? (
            <StateBadge state="due" />
          ) : (
            <StateBadge state={STATE_OF[keptBy]}>{titleOf(keptBy)}</StateBadge>
          )}
          <span className="font-normal">{capital(becauseOf(keptBy))}.</span>
          <span className="text-[0.8125rem] font-normal text-muted-foreground">
            {whatWouldChange(keptBy, { noticeFailed })}
          </span>
          <TextLink
            href={`${hrefWith(`/challenges/${challenge.id}`, {}, { why: keptBy })}#submissions`}
            className="text-[0.8125rem]"
            aria-label={`Show ${formatCount(submissions, 'submission')}: ${becauseOf(keptBy)}`}
          >
            Show {formatCount(submissions, 'submission')}
          </TextLink>
        </span>
      ),
    },
    {
      id: 'submissions',
      header: 'Submissions',
      numeric: true,
      cell: ({ submissions }) => formatNumber(submissions),
    },
    {
      id: 'files',
      header: 'Files',
      numeric: true,
      cell: ({ files, filesThatStay }) => (
        <>
          {formatNumber(files)}
          {filesThatStay > 0 ? (
            <span className="block text-xs text-muted-foreground">
              {formatNumber(filesThatStay)} {filesThatStay === 1 ? 'stays' : 'stay'}
            </span>
          ) : null}
        </>
      ),
    },
    {
      id: 'size',
      header: 'Size',
      numeric: true,
      cell: ({ bytes, filesOfUnknownSize }) => (
        <>
          <Bytes value={bytes} />
          <UnknownSizes files={filesOfUnknownSize} />
        </>
      ),
    },
    {
      id: 'passes',
      header: 'At least until',
      cell: (group) => <Passes group={group} zone={zone} now={now} />,
    },
  ];
}

const goes = (keptBy: HeldBackGroup['keptBy']): boolean => keptBy === 'retention-period-over';

function Passes({ group, zone, now }: { group: HeldBackGroup; zone: string; now: Date }) {
  const { passesFrom, passesUntil } = group;
  return (
    <span className="grid gap-0.5">
      <Timestamp value={passesFrom} zone={zone} now={now} empty="–" />
      {passesFrom && passesUntil && passesUntil > passesFrom ? (
        <span className="max-w-52 text-xs text-muted-foreground">
          the last until {formatInstantBoth(passesUntil, zone)}
        </span>
      ) : null}
    </span>
  );
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
