import type { PlanItem } from '@/lib/deletion/list-plan-items';
import type { PlanChallenge, PlanReason } from '@/lib/deletion/plan-summaries';
import type { Plan } from '@/lib/deletion/source';
import { FilterBar } from '../data-table/filter-bar';
import { KeysetPages } from '../data-table/keyset-pages';
import { hrefWith, type SearchParams } from '../data-table/table-url';
import { Section } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { LinkButton } from '../ui/link-button';
import { type ItemFilters, itemFilters } from './plan-item-filters';
import { PlanItemTable } from './plan-item-table';
import { isAnonymous } from './plan-words';

interface PlanItemsProps {
  plan: Plan;
  page: { items: PlanItem[]; nextAfter: number | null };
  filters: ItemFilters;
  /** Null: they are about none. */
  challenges: readonly PlanChallenge[] | null;
  reasons: readonly Pick<PlanReason, 'reason' | 'words'>[];
  params: SearchParams;
  zone: string;
}

/** Every file that the plan names, exactly, in its order. */
export function PlanItems({ plan, page, filters, challenges, reasons, params, zone }: PlanItemsProps) {
  const pathname = `/cleanup/plans/${plan.id}`;
  // Of anonymous data they are a view of their own, beside the transcripts.
  const keep: Record<string, string> = isAnonymous(plan) ? { view: 'files' } : {};
  return (
    <div id="items" className="min-w-0 scroll-mt-18 lg:scroll-mt-4">
      <Section
        title={isAnonymous(plan) ? 'Files' : 'Items'}
        surface={false}
        description={
          isAnonymous(plan)
            ? 'One for each file of what goes, and of what is shared with it, in the order of the hash and of the run.'
            : 'One for each file of each submission whose date is reached, in the order of the hash and of the run.'
        }
      >
        <FilterBar
          label="Filter the items"
          pathname={pathname}
          filters={itemFilters(filters, challenges, reasons)}
          keep={keep}
        />
        <PlanItemTable
          items={page.items}
          isAnonymous={isAnonymous(plan)}
          zone={zone}
          empty={
            <EmptyState
              title={filters.isFiltered ? 'No item matches' : 'No items'}
              actions={
                filters.isFiltered ? (
                  <LinkButton href={`${hrefWith(pathname, keep, {})}#items`} scroll={false}>
                    Show all items
                  </LinkButton>
                ) : null
              }
            >
              {filters.isFiltered
                ? 'Take away a filter.'
                : plan.state === 'expired'
                  ? 'The items of a plan that expired unused are removed; its figures and its hash stay.'
                  : isAnonymous(plan)
                    ? 'No transcript that goes has a file.'
                    : 'No submission’s date is reached, so there is nothing to delete and nothing to hold back.'}
            </EmptyState>
          }
          footer={
            <KeysetPages
              noun="item"
              shown={page.items.length}
              nextCursor={page.nextAfter === null ? null : String(page.nextAfter)}
              pathname={pathname}
              params={params}
            />
          }
        />
      </Section>
    </div>
  );
}
