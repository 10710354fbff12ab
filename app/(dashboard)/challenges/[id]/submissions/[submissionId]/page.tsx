import type { Metadata } from 'next';
import { notFound, redirect } from 'next/navigation';
import { cache } from 'react';
import { askWhy } from '@/app/ask-why';
import { getContext } from '@/app/session';
import { ArtifactTable } from '@/components/challenges/artifact-table';
import { submissionAnswer } from '@/components/challenges/submission-answer';
import { SUBMISSION_STATUSES } from '@/components/challenges/submission-words';
import { one, type SearchParams } from '@/components/data-table/table-url';
import { PlaceHoldOnDialog } from '@/components/holds/place-hold-dialogs';
import { PostponeDialog } from '@/components/overrides/postpone-dialog';
import { PageHeader } from '@/components/shell/page-header';
import { Section } from '@/components/ui/card';
import { DescriptionList } from '@/components/ui/description-list';
import { StateBadge } from '@/components/ui/state-badge';
import { Timestamp } from '@/components/ui/timestamp';
import { WhySection } from '@/components/why/why-section';
import { type LoadedSubmission, loadSubmission } from '@/lib/challenges/load-submission';
import { can } from '@/lib/people/access';
import { LapseError } from '@/lib/platform/errors';
import { REASONS } from '@/lib/retention/reasons';
import { whySubmission } from '@/lib/why/why-submission';
import { placeHoldAction } from '../../../../holds/actions';
import { postponeSubmissionAction } from '../../../../overrides/actions';

interface SubmissionPageProps {
  params: Promise<{ id: string; submissionId: string }>;
  searchParams: Promise<SearchParams>;
}

export async function generateMetadata({ params }: Pick<SubmissionPageProps, 'params'>): Promise<Metadata> {
  const submission = await findSubmission((await params).submissionId);
  return { title: `Submission ${submission.id} · ${submission.challengeTitle}` };
}

export default async function SubmissionPage({ params, searchParams }: SubmissionPageProps) {
  const { id, submissionId } = await params;
  const ctx = await getContext();
  const submission = await findSubmission(submissionId);
  const home = `/challenges/${submission.challengeId}`;
  if (String(submission.challengeId) !== id) redirect(`${home}/submissions/${submission.id}`);
  const ask = (at: { at?: string }) => whySubmission(ctx, { submissionId: submission.id, ...at });
  const asked = await askWhy(one((await searchParams).at), ask);
  // What heads the page is true of now, whatever day was asked for.
  const whyNow = asked.day === undefined ? asked.why : await ask({});
  const zone = ctx.actor.timeZone;
  const now = ctx.clock.now();
  return (
    <>
      <PageHeader
        title={`Submission #${submission.id}`}
        badge={<StateBadge state={submission.state}>{submission.words}</StateBadge>}
        answer={submissionAnswer(submission, whyNow.explanation?.earliest ?? null, zone)}
        breadcrumb={[
          { label: 'Challenges', href: '/challenges' },
          { label: submission.challengeTitle, href: home },
          { label: `Submission #${submission.id}` },
        ]}
        actions={
          <>
            {can(ctx.actor, 'retention.write') && submission.deletedAt === null ? (
              <PostponeDialog
                submissionId={submission.id}
                eligibleDate={submission.eligibleDate}
                postponedUntil={submission.postponedUntil}
                postpone={postponeSubmissionAction}
                zone={zone}
              />
            ) : null}
            {can(ctx.actor, 'holds.write') && submission.deletedAt === null ? (
              <PlaceHoldOnDialog
                target={{ submissionId: submission.id }}
                on={`submission #${submission.id}`}
                place={placeHoldAction}
              />
            ) : null}
          </>
        }
      />
      <Section title="Submission">
        <DescriptionList columns={3} items={factsOf(submission, zone, now)} />
      </Section>
      <WhySection
        {...asked}
        pathname={`${home}/submissions/${submission.id}`}
        mayReadRuns={can(ctx.actor, 'cleanup.read')}
        zone={zone}
        now={now}
      />
      <Section title="Files" surface={false}>
        <ArtifactTable artifacts={submission.artifacts} zone={zone} now={now} />
      </Section>
    </>
  );
}

function factsOf(submission: LoadedSubmission, zone: string, now: Date) {
  const gone = submission.deletedAt !== null;
  return [
    { term: 'Participants', description: submission.participantTeamName },
    { term: 'Phase', description: submission.phaseName },
    { term: 'Status', description: SUBMISSION_STATUSES[submission.status] ?? submission.status },
    { term: 'Submitted', description: <Timestamp value={submission.submittedAt} zone={zone} now={now} /> },
    { term: 'Score', description: submission.score ?? 'none' },
    gone
      ? {
          term: 'Files deleted',
          description: <Timestamp value={submission.deletedAt} zone={zone} now={now} />,
        }
      : {
          term: 'Retention date',
          description: <Timestamp value={submission.eligibleDate} zone={zone} now={now} empty="No date" />,
        },
    ...(gone
      ? [{ term: 'Policy', description: submission.policyApplied ?? 'unknown' }]
      : [{ term: 'Why', description: REASONS[submission.reason] }]),
    ...(submission.postponedUntil
      ? [
          {
            term: 'Postponed until',
            description: <Timestamp value={submission.postponedUntil} zone={zone} now={now} />,
          },
          { term: 'Postponed because', description: submission.postponedReason ?? 'no reason given' },
        ]
      : []),
  ];
}

/** Once a request, for the title and the page. What may not be seen looks as if it were not there. */
const findSubmission = cache(async (id: string): Promise<LoadedSubmission> => {
  if (!/^\d{1,15}$/.test(id)) notFound();
  const ctx = await getContext();
  try {
    return await loadSubmission(ctx, Number(id));
  } catch (error) {
    if (error instanceof LapseError && error.code === 'not_found') notFound();
    throw error;
  }
});
