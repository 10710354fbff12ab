import type { AuditSize } from '@/lib/audit/size/audit-size';
import { bytesOf, type Tier, type TierSize } from '@/lib/audit/size/measure-tiers';
import { formatNumber } from '@/lib/platform/format';
import { Bytes } from '../ui/bytes';
import { Card } from '../ui/card';
import { DescriptionList } from '../ui/description-list';
import { Timestamp } from '../ui/timestamp';

interface TierCardsProps {
  size: AuditSize;
  zone: string;
}

const TIERS: Record<Tier, { title: string; where: string; empty: string }> = {
  hot: { title: 'Hot', where: 'in the database', empty: 'Nothing is sealed yet.' },
  warm: { title: 'Warm', where: 'daily archives', empty: 'No day is archived yet.' },
  cold: { title: 'Cold', where: 'monthly archives', empty: 'No month is archived yet.' },
};

/** What each tier holds now. An event that is archived and still in the database is in two of them. */
export function TierCards({ size, zone }: TierCardsProps) {
  return (
    <div className="grid gap-4 lg:grid-cols-3">
      {size.tiers.map((tier) => (
        <TierCard key={tier.tier} tier={tier} sealBytes={size.sealBytes} zone={zone} now={size.at} />
      ))}
    </div>
  );
}

interface TierCardProps {
  tier: TierSize;
  sealBytes: number;
  zone: string;
  now: Date;
}

function TierCard({ tier, sealBytes, zone, now }: TierCardProps) {
  const { title, where, empty } = TIERS[tier.tier];
  const isHot = tier.tier === 'hot';
  const isEmpty = bytesOf(tier) === 0;
  const time = (value: Date | null) => <Timestamp value={value} zone={zone} now={now} empty="none" />;
  return (
    <Card className="grid content-start gap-4">
      <div className="grid gap-1">
        <h2 className="font-medium">
          {title} <span className="font-normal text-muted-foreground">({where})</span>
        </h2>
        <p className="flex flex-wrap items-baseline gap-x-2">
          <span className="text-xl leading-7 font-semibold">
            {tier.isEstimate ? 'about ' : ''}
            {formatNumber(tier.events)}
          </span>
          <span className="text-muted-foreground">
            {tier.events === 1 ? 'event' : 'events'}, <Bytes value={bytesOf(tier)} />
          </span>
        </p>
        {tier.events === 0 ? <p className="text-[0.8125rem] text-muted-foreground">{empty}</p> : null}
        {tier.isEstimate ? (
          <p className="text-[0.8125rem] text-muted-foreground">
            A prune is under way: a part of them has left already.
          </p>
        ) : null}
      </div>
      {isEmpty ? null : (
        <DescriptionList
          items={[
            ...(isHot
              ? [
                  { term: 'Table', description: <Bytes value={tier.tableBytes} /> },
                  { term: 'Indexes', description: <Bytes value={tier.indexBytes} /> },
                ]
              : [{ term: 'Objects', description: <Bytes value={tier.objectBytes} /> }]),
            { term: 'Oldest event', description: time(tier.oldest) },
            { term: 'Newest event', description: time(tier.newest) },
            ...(isHot
              ? [{ term: 'Seals and counters, on top', description: <Bytes value={sealBytes} /> }]
              : []),
          ]}
        />
      )}
    </Card>
  );
}
