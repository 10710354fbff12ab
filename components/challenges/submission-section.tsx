import { redirect } from 'next/navigation';
import { listSubmissions, type SubmissionPage } from '@/lib/challenges/list-submissions';
import type { LoadedChallenge } from '@/lib/challenges/load-challenge';
import { STATES } from '@/lib/challenges/states';
import { KEPT_BY } from '@/lib/deletion/kept-by';
import type { Context } from '@/lib/people/context';
import { LapseError } from '@/lib/platform/errors';
import { FilterBar } from '../data-table/filter-bar';
import { KeysetPages } from '../data-table/keyset-pages';
import { hrefWith, type SearchParams } from '../data-table/table-url';
import type { PlaceHold } from '../holds/hold-actions';
import { Section } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { LinkButton } from '../ui/link-button';
import { STATES as STATE_LOOKS } from '../ui/state-badge';
import { titleOf } from './held-back-words';
import { readSubmissionFilters, type SubmissionFilters } from './submission-filters';
import { SubmissionTable } from './submission-table';

interface SubmissionSectionProps {
  ctx: Context;
  challenge: LoadedChallenge;
  params: SearchParams;
  /** Null for those who place no holds. */
  place: PlaceHold | null;
  zone: string;
}

/** The submissions of a challenge, filtered and paged by the address. */
export async function SubmissionSection({ ctx, challenge, params, place, zone }: SubmissionSectionProps) {
  const pathname = `/challenges/${challenge.id}`;
  const filters = readSubmissionFilters(
    params,
    challenge.phases.map(({ id }) => id),
  );
  const page = await loadPage(ctx, challenge.id, filters, hrefWith(pathname, params, { after: null }));
  return (
    <Section title="Submissions" surface={false}>
      <FilterBar
        label="Filter submissions"
        pathname={pathname}
        filters={[
          {
            kind: 'select',
            name: 'phase',
            label: 'Phase',
            value: filters.phaseId === undefined ? undefined : String(filters.phaseId),
            all: 'All phases',
            options: challenge.phases.map(({ id, name }) => ({ value: String(id), label: name })),
          },
          {
            kind: 'select',
            name: 'state',
            label: 'State',
            value: filters.state,
            all: 'All states',
            options: STATES.map((state) => ({ value: state, label: STATE_LOOKS[state].word })),
          },
          {
            kind: 'select',
            name: 'why',
            label: 'Held back by',
            value: filters.keptBy,
            all: 'Anything',
            options: KEPT_BY.map((keptBy) => ({ value: keptBy, label: titleOf(keptBy) })),
          },
        ]}
      />
      <SubmissionTable
        challengeId={challenge.id}
        submissions={page.submissions}
        place={place}
        zone={zone}
        now={ctx.clock.now()}
        empty={
          <Nothing
            filtered={Object.values(filters).some((value) => value !== undefined)}
            pathname={pathname}
          />
        }
        footer={
          <KeysetPages
            noun="submission"
            shown={page.submissions.length}
            nextCursor={page.nextCursor}
            pathname={pathname}
            params={params}
          />
        }
      />
    </Section>
  );
}

/** A place that no longer exists is the first page. */
async function loadPage(
  ctx: Context,
  challengeId: number,
  filters: SubmissionFilters,
  firstPage: string,
): Promise<SubmissionPage> {
  try {
    return await listSubmissions(ctx, {
      challengeId,
      ...(filters.phaseId !== undefined && { phaseId: filters.phaseId }),
      ...(filters.state && { state: filters.state }),
      ...(filters.keptBy && { keptBy: filters.keptBy }),
      ...(filters.after && { cursor: filters.after }),
    });
  } catch (error) {
    if (!(error instanceof LapseError) || error.code !== 'invalid' || !filters.after) throw error;
  }
  redirect(firstPage);
}

function Nothing({ filtered, pathname }: { filtered: boolean; pathname: string }) {
  if (!filtered) return <EmptyState title="No submissions">Nobody has submitted anything yet.</EmptyState>;
  return (
    <EmptyState
      title="No submission matches"
      actions={
        <LinkButton href={pathname} scroll={false}>
          Show all submissions
        </LinkButton>
      }
    />
  );
}
