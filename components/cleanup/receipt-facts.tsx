import { Fragment, type ReactNode } from 'react';
import { fileKindWords } from '@/lib/anonymous/file-kinds';
import { artifactKindWords } from '@/lib/challenges/artifact-kinds';
import type { ReceiptDetail } from '@/lib/deletion/load-receipt';
import { ShownText } from '../consent/shown-text';
import { Bytes } from '../ui/bytes';
import { Section } from '../ui/card';
import { CopyableId } from '../ui/copy-button';
import { DescriptionList } from '../ui/description-list';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';
import { SubjectLink } from './subject-link';

interface ReceiptFactsProps {
  detail: ReceiptDetail;
  /** Of anonymous data: the published policies that permitted it, in words. */
  permittedBy: readonly string[];
  zone: string;
  now: Date;
}

/** Everything that one deletion rests on, from the words that a host read to the approval of the plan. */
export function ReceiptFacts({ detail, permittedBy, zone, now }: ReceiptFactsProps) {
  const { receipt, consents } = detail;
  const at = (value: Date | null) => <Timestamp value={value} zone={zone} now={now} />;
  return (
    <>
      <Section title="The object">
        <DescriptionList
          columns={3}
          items={[
            { term: 'Key', description: <code className="font-mono break-all">{receipt.storageKey}</code> },
            { term: 'Store', description: receipt.store },
            { term: 'Size', description: <Bytes value={receipt.sizeBytes} /> },
            { term: 'Gone since', description: at(receipt.deletedAt) },
            { term: 'Etag', description: receipt.etag ?? 'none' },
            { term: 'Version', description: receipt.versionId ?? 'none' },
            { term: 'What remains', description: receipt.remains ?? 'Nothing.' },
            {
              term: 'Of',
              description: receipt.subjects.map((subject) => (
                <span key={subject.artifactId} className="block">
                  <SubjectLink subject={subject} />: {kindWords(subject)}
                  <Sharing subject={subject} />
                </span>
              )),
            },
          ]}
        />
      </Section>
      <Section title="On whose word">
        <DescriptionList
          columns={3}
          items={[
            { term: 'Asked for by', description: detail.requestedByName ?? 'Not kept when it was written.' },
            {
              term: receipt.approval?.schedule ? 'Tick of the schedule' : 'Asked for',
              description: at(requestedAt(receipt)),
            },
            { term: 'Approved by', description: <Approvals {...detail} zone={zone} now={now} /> },
            {
              term: 'Plan',
              description: <TextLink href={`/cleanup/plans/${receipt.planId}`}>Its plan</TextLink>,
            },
            { term: 'Plan hash', description: <CopyableId value={receipt.planHash} label="plan hash" /> },
            {
              term: 'Run',
              description: <TextLink href={`/cleanup/runs/${receipt.runId}`}>Its run</TextLink>,
            },
            ...permissionOf(detail, permittedBy, at),
            { term: 'Receipt id', description: <CopyableId value={receipt.id} label="receipt id" /> },
          ]}
        />
      </Section>
      {consents.map((consent) => (
        <Section
          key={consent.id}
          surface={false}
          title={consents.length > 1 ? `The consent for challenge #${consent.challengeId}` : 'The consent'}
          description={
            <>
              {consent.byName} gave it under policy {consent.policyVersion},{' '}
              <Timestamp value={consent.at} zone={zone} now={now} layout="inline" />, and read this before:
            </>
          }
          actions={<TextLink href={`/consent-history/${consent.id}`}>The consent record</TextLink>}
        >
          <ShownText text={consent.shownText} />
        </Section>
      ))}
    </>
  );
}

/** Hosts are sent a notice; of anonymous data the policy is published, and an older one may be what permits it. */
function permissionOf(
  { receipt, notices }: ReceiptDetail,
  permittedBy: readonly string[],
  at: (value: Date | null) => ReactNode,
) {
  const { policyVersion } = receipt;
  if (receipt.publicPolicyId !== null) {
    const policies = permittedBy.length > 0 ? permittedBy : ['A published policy'];
    const links = policies.map((words) => (
      <span key={words} className="block">
        <TextLink href="/public-data#policies">{words}</TextLink>
      </span>
    ));
    return [
      { term: 'Permitted by', description: links },
      { term: 'Policy in force then', description: policyVersion },
    ];
  }
  return [
    { term: 'Retention policy', description: policyVersion },
    {
      term: 'Notice sent',
      description: notices.map(({ id, sentAt }) => <Fragment key={id}>{at(sentAt)}</Fragment>),
    },
  ];
}

/** The other transcripts with which a shared file went. */
function Sharing({ subject }: { subject: ReceiptDetail['receipt']['subjects'][number] }) {
  if (!('transcriptId' in subject) || subject.others === undefined) return null;
  return (
    <span className="block">
      Shared with{' '}
      {subject.others.map(({ transcriptId }, index) => (
        <Fragment key={transcriptId}>
          {index > 0 ? ', ' : null}
          <SubjectLink subject={{ ...subject, transcriptId }} />
        </Fragment>
      ))}
    </span>
  );
}

const kindWords = (subject: ReceiptDetail['receipt']['subjects'][number]): string =>
  'transcriptId' in subject ? fileKindWords(subject.kind) : artifactKindWords(subject.kind);

function requestedAt({ approval }: ReceiptDetail['receipt']): Date | null {
  if (approval === null) return null;
  return new Date(approval.schedule?.replace(/^retry:/, '') ?? approval.requestedAt);
}

function Approvals({ receipt, approvals, zone, now }: ReceiptDetail & { zone: string; now: Date }) {
  if (approvals.length === 0) {
    return receipt.approval?.schedule
      ? 'Not needed: a scheduled run is under policy.'
      : 'Not needed: it was within the limits.';
  }
  return approvals.map(({ approvalId, name, at }) => (
    <span key={approvalId} className="block">
      {name}, <Timestamp value={at} zone={zone} now={now} layout="inline" />
    </span>
  ));
}
