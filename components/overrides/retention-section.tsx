import type { OverrideChangeRow } from '@/lib/overrides/list-override-changes';
import type { RetentionPeriod } from '@/lib/overrides/load-retention-periods';
import { formatCount } from '@/lib/platform/format';
import { Card, Section } from '../ui/card';
import { DescriptionList } from '../ui/description-list';
import { LinkButton } from '../ui/link-button';
import { ChangeOverrideDialog } from './change-override-dialog';
import type { OverrideActions } from './override-actions';
import { type ActingAdmin, OverrideChangeTable } from './override-change-table';

interface RetentionSectionProps {
  challengeId: number;
  periods: readonly RetentionPeriod[];
  changes: readonly OverrideChangeRow[];
  /** Whether there are more changes than these. */
  hasMore: boolean;
  /** Null for those who may look and not act. */
  admin: { actions: OverrideActions } | null;
  /** Whether the reader may see the page of all changes. */
  seesAll: boolean;
  zone: string;
  now: Date;
}

/** How long files and logs of a challenge are kept, what that comes from, and what will change. */
export function RetentionSection(props: RetentionSectionProps) {
  const { challengeId, periods, changes, hasMore, admin, seesAll, zone, now } = props;
  const acting: ActingAdmin | null = admin;
  return (
    <Section
      title="Retention period"
      surface={false}
      description="A longer period holds at once; a shorter one is announced to the hosts 14 days ahead."
      actions={
        seesAll && hasMore ? (
          <LinkButton href={`/overrides?challenge=${challengeId}`} size="sm">
            All changes
          </LinkButton>
        ) : null
      }
    >
      <Card>
        <DescriptionList
          items={periods.map((period) => ({
            term: period.title,
            description: (
              <span className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
                <span className="grid">
                  {formatCount(period.days, 'day')} after the end of{' '}
                  {period.field === 'log_retention_days_override' ? 'the challenge' : 'the phase'}
                  <span className="text-[0.8125rem] text-muted-foreground">{SOURCES[period.source]}</span>
                </span>
                {admin ? (
                  <ChangeOverrideDialog
                    challengeId={challengeId}
                    period={period}
                    actions={admin.actions}
                    zone={zone}
                  />
                ) : null}
              </span>
            ),
          }))}
        />
      </Card>
      {changes.length > 0 ? (
        <OverrideChangeTable
          caption="Changes of the retention period"
          changes={changes}
          admin={acting}
          withChallenge={false}
          zone={zone}
          now={now}
          empty={null}
        />
      ) : null}
    </Section>
  );
}

const SOURCES: Record<RetentionPeriod['source'], string> = {
  override: 'A period of its own',
  'log-override': 'As long as its logs, whose period is its own',
  default: 'The default of the policy',
};
