import type { LoadedNotice } from '@/lib/notices/load-notice';
import { formatCount, formatNumber } from '@/lib/platform/format';
import { Bytes } from '../ui/bytes';
import { Section } from '../ui/card';
import { CopyableId } from '../ui/copy-button';
import { DescriptionList } from '../ui/description-list';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';

interface NoticeFactsProps {
  notice: LoadedNotice;
  /** The first scheduled cleanup at which something may go on it; null: none may. */
  firstCleanup: Date | null;
  /** Whether the reader may look into the audit log. */
  readsAudit: boolean;
  zone: string;
  now: Date;
}

/** What the notice is about, and on what it rests. */
export function NoticeFacts({ notice, firstCleanup, readsAudit, zone, now }: NoticeFactsProps) {
  const { figures } = notice;
  return (
    <Section title="Notice">
      <DescriptionList
        columns={3}
        items={[
          {
            term: 'Challenge',
            description: (
              <TextLink href={`/challenges/${notice.challengeId}`}>{notice.challengeTitle}</TextLink>
            ),
          },
          {
            term: 'First accepted',
            description: <Timestamp value={notice.sentAt} zone={zone} now={now} empty="by nobody yet" />,
          },
          {
            term: 'Announced for',
            description: <Timestamp value={notice.announcedDate} zone={zone} now={now} empty="nothing" />,
          },
          {
            term: 'First cleanup after that',
            description: <Timestamp value={firstCleanup} zone={zone} now={now} empty="none on this notice" />,
          },
          {
            term: 'Names',
            description: formatCount(notice.submissions, 'submission'),
          },
          {
            term: 'Files of these that are left',
            description: <FilesLeft figures={figures} />,
          },
          { term: 'Subject', description: notice.subject },
          {
            term: 'Rests on',
            description: (
              <TextLink href={`/consent-history/${notice.consentEventId}`}>
                {notice.underCurrentConsent
                  ? 'The consent in force'
                  : 'A consent that is not in force any more'}
              </TextLink>
            ),
          },
          {
            term: 'Attempts',
            description: (
              <>
                {formatNumber(notice.attempts)}, the first{' '}
                <Timestamp value={notice.createdAt} zone={zone} now={now} layout="inline" />
              </>
            ),
          },
          { term: 'Notice id', description: <CopyableId value={notice.id} label="notice id" /> },
          ...(readsAudit
            ? [
                {
                  term: 'In the audit log',
                  description: (
                    <TextLink
                      href={`/audit-log?action=notice.send&target=${encodeURIComponent(`challenge:${notice.challengeId}`)}`}
                    >
                      What was sent for this challenge
                    </TextLink>
                  ),
                },
              ]
            : []),
        ]}
      />
    </Section>
  );
}

function FilesLeft({ figures: { files, bytes, filesOfUnknownSize } }: Pick<LoadedNotice, 'figures'>) {
  if (files === 0) return 'none';
  return (
    <>
      {formatNumber(files)}, <Bytes value={filesOfUnknownSize === files ? null : bytes} />
      {filesOfUnknownSize > 0 && filesOfUnknownSize < files
        ? ` and ${formatNumber(filesOfUnknownSize)} of unknown size`
        : null}
    </>
  );
}
