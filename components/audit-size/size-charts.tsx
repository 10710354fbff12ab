import type { AuditSize } from '@/lib/audit/size/audit-size';
import { bytesOf, type Tier, type TierSize } from '@/lib/audit/size/measure-tiers';
import type { TierSample } from '@/lib/audit/size/samples-since';
import { formatDate, formatInstantBoth } from '@/lib/platform/format-time';
import { ChartFigure } from '../charts/chart-figure';
import type { ChartSeries } from '../charts/time-chart';
import { EmptyState } from '../ui/empty-state';

interface SizeChartsProps {
  size: AuditSize;
  zone: string;
}

const LINES: Record<Tier, Omit<ChartSeries, 'values'>> = {
  hot: { name: 'Hot', tone: 'orange', line: 'solid' },
  warm: { name: 'Warm', tone: 'violet', line: 'dashed' },
  cold: { name: 'Cold', tone: 'blue', line: 'dotted' },
};

/** Rows and bytes of each tier over time: the samples of the period, and what was measured right now. */
export function SizeCharts({ size, zone }: SizeChartsProps) {
  const moments = byMoment([...size.samples, ...size.tiers.map((tier) => ({ ...tier, at: size.at }))]);
  if (moments.length < 2) {
    return (
      <EmptyState title="No samples yet">
        A sample is taken every hour, by the job that keeps the audit log in order. The lines begin with the
        first one.
      </EmptyState>
    );
  }
  const points = moments.map(({ at }) => ({ at: at.getTime(), label: formatInstantBoth(at, zone) }));
  const series = (numberOf: (size: TierSize) => number): ChartSeries[] =>
    (['hot', 'warm', 'cold'] as const).map((tier) => ({
      ...LINES[tier],
      values: moments.map(({ sizes }) => {
        const found = sizes.get(tier);
        return found ? numberOf(found) : null;
      }),
    }));
  const first = moments[0]?.at ?? size.at;
  const shared = {
    points,
    kind: 'lines',
    from: formatDate(first, zone, 'short'),
    to: 'now',
    pointName: 'Time',
  } as const;
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <ChartFigure {...shared} label="Events by tier" unit="events" series={series(({ events }) => events)} />
      <ChartFigure {...shared} label="Bytes by tier" unit="bytes" series={series(bytesOf)} />
    </div>
  );
}

function byMoment(samples: readonly TierSample[]) {
  const moments = new Map<number, { at: Date; sizes: Map<Tier, TierSize> }>();
  for (const sample of samples) {
    const time = sample.at.getTime();
    const moment = moments.get(time) ?? { at: sample.at, sizes: new Map() };
    moment.sizes.set(sample.tier, sample);
    moments.set(time, moment);
  }
  return [...moments.values()];
}
