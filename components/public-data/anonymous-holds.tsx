import type { AnonymousHolds as Listed } from '@/lib/anonymous/list-anonymous-holds';
import { Section } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { AnonymousHoldTable } from './anonymous-hold-table';
import type { PlaceAnonymousHoldAction, ReleaseAnonymousHoldAction } from './hold-actions';
import { PlaceAnonymousHold } from './place-anonymous-hold';

interface AnonymousHoldsProps {
  /** Null: every hold on anonymous data. */
  transcriptId: string | null;
  listed: Listed;
  /** Null for those who may look and not act. */
  actions: { place: PlaceAnonymousHoldAction; release: ReleaseAnonymousHoldAction } | null;
  zone: string;
  now: Date;
}

/** The holds on a transcript or on everything, also those that are over, and the place where one is placed. */
export function AnonymousHolds({ transcriptId, listed, actions, zone, now }: AnonymousHoldsProps) {
  return (
    <Section
      title="Holds"
      description={
        transcriptId === null
          ? 'What is under one stays, with all that belongs to it, until somebody releases it. One on a single transcript is placed on its page.'
          : 'While one is active the transcript stays, with all that belongs to it. A hold never expires.'
      }
      actions={actions ? <PlaceAnonymousHold transcriptId={transcriptId} place={actions.place} /> : null}
      surface={false}
    >
      <AnonymousHoldTable
        caption={transcriptId === null ? 'Holds on anonymous data' : 'Holds on this transcript'}
        listed={listed}
        {...(transcriptId !== null && { here: transcriptId })}
        release={actions?.release ?? null}
        {...{ zone, now }}
        empty={<EmptyState title="No hold">The policy alone decides what goes.</EmptyState>}
      />
    </Section>
  );
}
