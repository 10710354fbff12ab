import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { getContext } from '@/app/session';
import { ConsentActionBadge } from '@/components/consent/consent-action-badge';
import { CHANNELS } from '@/components/consent/consent-words';
import { ShownFigures } from '@/components/consent/shown-figures';
import { ShownText } from '@/components/consent/shown-text';
import { PageHeader } from '@/components/shell/page-header';
import { Section } from '@/components/ui/card';
import { CopyableId } from '@/components/ui/copy-button';
import { DescriptionList } from '@/components/ui/description-list';
import { TextLink } from '@/components/ui/text-link';
import { Timestamp } from '@/components/ui/timestamp';
import { type ConsentEventDetail, loadConsentEvent } from '@/lib/consent/consent-history';
import { LapseError } from '@/lib/platform/errors';
import { formatInstantBoth } from '@/lib/platform/format-time';

interface ConsentRecordPageProps {
  params: Promise<{ id: string }>;
}

export async function generateMetadata({ params }: ConsentRecordPageProps): Promise<Metadata> {
  const event = await findEvent((await params).id);
  return { title: `Consent ${event.action} · ${event.challengeTitle}` };
}

export default async function ConsentRecordPage({ params }: ConsentRecordPageProps) {
  const { actor, clock } = await getContext();
  const event = await findEvent((await params).id);
  return (
    <>
      <PageHeader
        title={`Consent ${event.action}`}
        badge={<ConsentActionBadge action={event.action} />}
        answer={`${event.person.displayName} ${event.action === 'given' ? 'gave' : 'withdrew'} consent for ${event.challengeTitle} on ${formatInstantBoth(event.at, actor.timeZone)}.`}
        breadcrumb={[
          { label: 'Consent history', href: '/consent-history' },
          { label: `Record ${event.sequence}` },
        ]}
      />
      <Section title="Record">
        <DescriptionList
          columns={3}
          items={[
            {
              term: 'Challenge',
              description: (
                <TextLink href={`/challenges/${event.challengeId}`}>{event.challengeTitle}</TextLink>
              ),
            },
            { term: 'Person', description: `${event.person.displayName} (${event.person.username})` },
            {
              term: 'When',
              description: <Timestamp value={event.at} zone={actor.timeZone} now={clock.now()} />,
            },
            { term: 'Came by', description: CHANNELS[event.channel] },
            { term: 'Policy version', description: event.policyVersion },
            { term: 'Record id', description: <CopyableId value={event.id} label="record id" /> },
            ...(event.notes
              ? [
                  {
                    term: 'Notes',
                    description: <span className="whitespace-pre-line">{event.notes}</span>,
                  },
                ]
              : []),
          ]}
        />
      </Section>
      <Section title="Figures that were shown">
        <ShownFigures figures={event.shownFigures} zone={actor.timeZone} />
      </Section>
      <Section
        title="Text that was shown"
        description="Word for word, as it was kept with the decision."
        surface={false}
      >
        <ShownText text={event.shownText} />
      </Section>
    </>
  );
}

/** Once a request, for the title and the page. */
const findEvent = cache(async (id: string): Promise<ConsentEventDetail> => {
  const ctx = await getContext();
  try {
    return await loadConsentEvent(ctx, { id });
  } catch (error) {
    if (error instanceof LapseError && ['not_found', 'invalid'].includes(error.code)) notFound();
    throw error;
  }
});
