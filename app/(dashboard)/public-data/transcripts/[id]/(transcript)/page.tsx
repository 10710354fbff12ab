import type { Metadata } from 'next';
import { enterPage } from '@/app/enter-page';
import { AnonymousFiles } from '@/components/public-data/anonymous-file-table';
import { AnonymousHolds } from '@/components/public-data/anonymous-holds';
import { ConsentSection } from '@/components/public-data/consent-section';
import { GoneReceipts } from '@/components/public-data/gone-receipts';
import { PUBLIC_DATA_PATH, TRANSCRIPTS_PATH } from '@/components/public-data/public-data-href';
import { SiblingSection } from '@/components/public-data/sibling-section';
import { StandingBadge } from '@/components/public-data/standing-badge';
import { goneAnswer, transcriptAnswer } from '@/components/public-data/transcript-answer';
import { TranscriptFacts } from '@/components/public-data/transcript-facts';
import { PageHeader } from '@/components/shell/page-header';
import { StateBadge } from '@/components/ui/state-badge';
import { listAnonymousHolds } from '@/lib/anonymous/list-anonymous-holds';
import { can } from '@/lib/people/access';
import { placeAnonymousHoldAction, releaseAnonymousHoldAction } from '../../../actions';
import { findTranscript } from '../find-transcript';

export const metadata: Metadata = { title: 'Transcript' };

interface TranscriptPageProps {
  params: Promise<{ id: string }>;
}

export default async function TranscriptPage({ params }: TranscriptPageProps) {
  const [ctx, found] = [await enterPage('anonymous-data.read'), await findTranscript((await params).id)];
  const shown = { zone: ctx.actor.timeZone, now: ctx.clock.now() };
  if ('gone' in found) {
    const { gone } = found;
    return (
      <>
        <PageHeader
          title="Deleted transcript"
          badge={<StateBadge state="deleted" />}
          answer={goneAnswer(gone, shown.zone)}
          breadcrumb={crumbs(gone.id)}
        />
        <GoneReceipts gone={gone} {...shown} />
      </>
    );
  }
  const { transcript } = found;
  const holds = await listAnonymousHolds(ctx, { transcriptId: transcript.id });
  const mayHold = can(ctx.actor, 'holds.write');
  return (
    <>
      <PageHeader
        title={transcript.name ?? 'Transcript without a name'}
        badge={<StandingBadge reason={transcript.reason} heldBack={transcript.heldBack} />}
        answer={transcriptAnswer(transcript, shown.zone)}
        breadcrumb={crumbs(transcript.id)}
      />
      <TranscriptFacts transcript={transcript} {...shown} />
      <AnonymousFiles files={transcript.files} isShared={transcript.siblings.total > 0} {...shown} />
      <SiblingSection transcript={transcript} {...shown} />
      <ConsentSection consents={transcript.consents} {...shown} />
      <AnonymousHolds
        transcriptId={transcript.id}
        listed={holds}
        actions={mayHold ? { place: placeAnonymousHoldAction, release: releaseAnonymousHoldAction } : null}
        {...shown}
      />
    </>
  );
}

const crumbs = (id: string) => [
  { label: 'Public data', href: PUBLIC_DATA_PATH },
  { label: 'Transcripts', href: TRANSCRIPTS_PATH },
  { label: id.length > 8 ? `…${id.slice(-8)}` : id },
];
