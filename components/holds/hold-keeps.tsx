import type { HoldImpact } from '@/lib/holds/hold-impact';
import type { HoldRow } from '@/lib/holds/hold-rows';
import type { OtherHold } from '@/lib/holds/other-holds';
import { sayKept, sayRelease } from '@/lib/holds/say-hold-impact';
import { formatBytes, formatCount, formatNumber } from '@/lib/platform/format';
import { formatDate } from '@/lib/platform/format-time';
import { type Column, DataTable } from '../data-table/data-table';
import { Callout } from '../ui/callout';
import { Section } from '../ui/card';
import { Figure, Figures } from '../ui/figure';
import { TextLink } from '../ui/text-link';
import { holdHref } from './hold-filters';
import { otherTarget } from './release-facts';

interface HoldKeepsProps {
  hold: HoldRow;
  /** Null when it is released. */
  impact: HoldImpact | null;
  zone: string;
}

/** What a hold keeps now, what would follow from its release, and which other holds keep the same. */
export function HoldKeeps({ hold, impact, zone }: HoldKeepsProps) {
  if (!impact) {
    return (
      <Callout role="note">
        It keeps nothing any more. What became of its submissions stands on{' '}
        <TextLink href={`/challenges/${hold.challengeId}`}>the page of the challenge</TextLink>.
      </Callout>
    );
  }
  return (
    <>
      <Section title="What it keeps" description={sayKept(impact)} surface={false}>
        <KeptFigures impact={impact} zone={zone} />
      </Section>
      <Section title="If it were released now">
        <ul className="grid list-disc gap-1 pl-5">
          {sayRelease(impact, zone).map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      </Section>
      {impact.others.count > 0 ? <OtherHoldSection impact={impact} /> : null}
    </>
  );
}

function KeptFigures({ impact, zone }: { impact: HoldImpact; zone: string }) {
  const { keeps, letsGo, earliestDeletion } = impact;
  return (
    <Figures>
      <Figure
        label="Submissions kept"
        value={formatNumber(keeps.submissions)}
        note={`${formatNumber(letsGo.submissions)} by this hold alone`}
      />
      <Figure
        label="Files kept"
        value={formatNumber(keeps.files)}
        note={`${formatNumber(letsGo.files)} by this hold alone`}
      />
      <Figure
        label="Size"
        value={formatBytes(keeps.bytes)}
        note={
          keeps.filesOfUnknownSize > 0
            ? `and ${formatCount(keeps.filesOfUnknownSize, 'file')} of unknown size`
            : `${formatBytes(letsGo.bytes)} by this hold alone`
        }
      />
      <Figure
        label="Released now, earliest deletion"
        value={earliestDeletion ? formatDate(earliestDeletion, zone, 'short') : 'None'}
        note={earliestDeletion ? 'after a new notice to the hosts' : 'something else keeps all of it'}
      />
    </Figures>
  );
}

function OtherHoldSection({ impact: { others } }: { impact: HoldImpact }) {
  const columns: Column<OtherHold>[] = [
    {
      id: 'matter',
      header: 'Matter',
      rowHeader: true,
      className: 'min-w-40 max-w-96 break-words',
      cell: ({ id, matter }) => <TextLink href={holdHref(id)}>{matter}</TextLink>,
    },
    { id: 'on', header: 'Stands on', className: 'min-w-36', cell: otherTarget },
    {
      id: 'submissions',
      header: 'Submissions in both',
      numeric: true,
      cell: ({ submissions }) => formatNumber(submissions),
    },
  ];
  const more = others.count - others.holds.length;
  return (
    <Section title="Other holds on the same" surface={false}>
      <DataTable
        caption="Other holds that keep some of it"
        columns={columns}
        rows={others.holds}
        rowKey={({ id }) => id}
        empty={null}
        footer={
          more > 0 ? (
            <p className="text-muted-foreground">{formatCount(more, 'more hold')} not listed.</p>
          ) : null
        }
      />
    </Section>
  );
}
