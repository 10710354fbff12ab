import type { AnonymousHolds } from '@/lib/anonymous/list-anonymous-holds';
import { AnonymousHoldTable } from '../public-data/anonymous-hold-table';
import type { ReleaseAnonymousHoldAction } from '../public-data/hold-actions';
import { PUBLIC_DATA_PATH } from '../public-data/public-data-href';
import { Section } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { TextLink } from '../ui/text-link';

interface PublicDataHoldsProps {
  listed: AnonymousHolds;
  isFiltered: boolean;
  /** Null for those who may look and not act. */
  release: ReleaseAnonymousHoldAction | null;
  zone: string;
  now: Date;
}

/** The holds on anonymous data, beside those on challenges: whoever asks what is held wants to know of both. */
export function PublicDataHolds({ listed, isFiltered, release, zone, now }: PublicDataHoldsProps) {
  return (
    <Section
      title="On public data"
      surface={false}
      description={
        <>
          One on everything is placed on the page <TextLink href={PUBLIC_DATA_PATH}>Public data</TextLink>,
          and one on a transcript on its page.
        </>
      }
    >
      <AnonymousHoldTable
        caption="Public data under a hold"
        {...{ listed, release, zone, now }}
        empty={
          <EmptyState title={isFiltered ? 'No hold matches' : 'No active hold'}>
            {isFiltered
              ? 'Choose another state or target, or look for another part of the matter.'
              : 'The published period alone decides over public data.'}
          </EmptyState>
        }
      />
    </Section>
  );
}
