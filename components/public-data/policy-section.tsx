import type { PublishedPolicy } from '@/lib/anonymous/list-policies';
import { formatNumber } from '@/lib/platform/format';
import { type Column, DataTable } from '../data-table/data-table';
import { Section } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';
import { sayPolicy } from './policy-words';
import { TIME_SHOWN } from './schedule-words';

interface PolicySectionProps {
  policies: readonly PublishedPolicy[];
  /** False: there are older ones. */
  isAll: boolean;
  zone: string;
  now: Date;
}

/** Every policy that was ever in force: what an item falls under depends on them. */
export function PolicySection({ policies, isAll, zone, now }: PolicySectionProps) {
  const at = (value: Date | null, empty: string) => (
    <Timestamp value={value} zone={zone} now={now} empty={empty} />
  );
  const columns: Column<PublishedPolicy>[] = [
    {
      id: 'policy',
      header: 'Public mode',
      rowHeader: true,
      cell: (policy) => (
        <span className="grid gap-0.5">
          {sayPolicy(policy)}
          <span className="text-xs font-normal text-muted-foreground">policy public-{policy.sequence}</span>
          <span className="text-xs font-normal text-muted-foreground">recorded by {policy.recordedBy}</span>
        </span>
      ),
    },
    { id: 'from', header: 'In force from', cell: ({ inForceFrom }) => at(inForceFrom, '') },
    { id: 'until', header: 'Until', cell: ({ inForceUntil }) => at(inForceUntil, 'in force now') },
    {
      id: 'old',
      header: 'Covers older data',
      cell: ({ publicMode, coversOldFrom, inForceUntil }) => {
        if (!publicMode) return <span className="text-muted-foreground">keeps everything</span>;
        // It was not in force for long enough, and so never covered what was there before it by itself.
        if (inForceUntil !== null && inForceUntil < coversOldFrom) {
          return <span className="text-muted-foreground">replaced before it did</span>;
        }
        return at(coversOldFrom, '');
      },
    },
  ];
  return (
    <div id="policies" className="min-w-0 scroll-mt-18 lg:scroll-mt-4">
      <Section
        title="Policies"
        description={`What the environment said, and since when. A longer period holds at once for everything; a shorter one, and switching the mode on, holds for older data when it has been shown for ${TIME_SHOWN}. Time in which Lapse did not run does not count.`}
        actions={<TextLink href="/audit-log?target=public-policy">In the audit log</TextLink>}
        surface={false}
      >
        <DataTable
          caption="Policies of anonymous data"
          columns={columns}
          rows={policies}
          rowKey={({ id }) => id}
          maxHeight="24rem"
          footer={
            isAll ? null : (
              <p className="text-[0.8125rem] text-muted-foreground">
                The newest {formatNumber(policies.length)}. The audit log has all of them.
              </p>
            )
          }
          empty={
            <EmptyState title="No policy is recorded">
              The next start of Lapse records what its environment says. Until then nothing anonymous goes.
            </EmptyState>
          }
        />
      </Section>
    </div>
  );
}
