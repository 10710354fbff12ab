import type { LoadedNotice, LoadedRecipient } from '@/lib/notices/load-notice';
import { MAX_ATTEMPTS } from '@/lib/notices/retry-pause';
import { formatNumber } from '@/lib/platform/format';
import { type Column, DataTable } from '../data-table/data-table';
import { Section } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { type State, StateBadge } from '../ui/state-badge';
import { Timestamp } from '../ui/timestamp';
import { recipientWords } from './notice-words';

interface NoticeRecipientsProps {
  notice: LoadedNotice;
  zone: string;
  now: Date;
}

const LOOKS: Record<LoadedRecipient['state'], { state: State; word: string }> = {
  accepted: { state: 'succeeded', word: 'Accepted' },
  sending: { state: 'running', word: 'Being mailed' },
  waiting: { state: 'pending', word: 'Refused, tried again' },
  'given-up': { state: 'failed', word: 'Given up' },
  stopped: { state: 'stopped', word: 'Not mailed any more' },
  refused: { state: 'refused', word: 'Refused' },
};

/** Each host with what became of his mail. */
export function NoticeRecipients({ notice, zone, now }: NoticeRecipientsProps) {
  return (
    <Section
      title="Recipients"
      surface={false}
      description={`A mail of its own for each host. One that is refused is tried again with growing pauses, ${MAX_ATTEMPTS} times in all; who has accepted it is never mailed again.`}
    >
      <DataTable
        caption="Recipients of this notice"
        columns={columnsFor(notice, zone, now)}
        rows={notice.recipients}
        rowKey={({ personId }) => personId}
        empty={
          <EmptyState title="Nobody was mailed">
            {notice.state === 'sending'
              ? 'The mails are on their way.'
              : 'The challenge had no host whose account is enabled.'}
          </EmptyState>
        }
      />
    </Section>
  );
}

function columnsFor(notice: LoadedNotice, zone: string, now: Date): Column<LoadedRecipient>[] {
  return [
    {
      id: 'recipient',
      header: 'Recipient',
      rowHeader: true,
      className: 'min-w-44',
      cell: ({ displayName, email }) => (
        <span className="grid gap-0.5">
          {displayName}
          <span className="text-xs font-normal break-words text-muted-foreground">{email}</span>
        </span>
      ),
    },
    {
      id: 'state',
      header: 'State',
      className: 'min-w-52 max-w-96',
      cell: (recipient) => <Delivery recipient={recipient} />,
    },
    {
      id: 'accepted',
      header: 'Accepted',
      cell: ({ accepted, acceptedAt }) => (
        <Timestamp value={accepted ? (acceptedAt ?? notice.sentAt) : null} zone={zone} now={now} />
      ),
    },
    {
      id: 'attempts',
      header: 'Attempts',
      numeric: true,
      cell: ({ attempts }) =>
        attempts === undefined ? <span className="text-muted-foreground">–</span> : formatNumber(attempts),
    },
    {
      id: 'next',
      header: 'Next attempt',
      cell: ({ nextAttemptAt }) => (
        <Timestamp value={nextAttemptAt ?? null} zone={zone} now={now} empty="none" />
      ),
    },
  ];
}

function Delivery({ recipient }: { recipient: LoadedRecipient }) {
  const { state, word } = LOOKS[recipient.state];
  const words = recipientWords(recipient);
  return (
    <span className="grid justify-items-start gap-1">
      <StateBadge state={state}>{word}</StateBadge>
      {words ? <span className="text-[0.8125rem] break-words text-muted-foreground">{words}</span> : null}
    </span>
  );
}
