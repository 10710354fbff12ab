import type { AuditSize } from '@/lib/audit/size/audit-size';
import { sayForecast, sayGrowth } from '@/lib/audit/size/say-size';
import { formatDate } from '@/lib/platform/format-time';
import { ChartFigure } from '../charts/chart-figure';
import { Card, Section } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { TextLink } from '../ui/text-link';

interface GrowthSectionProps {
  size: AuditSize;
  zone: string;
}

/** What came in on each day, and what follows from it if that goes on. */
export function GrowthSection({ size, zone }: GrowthSectionProps) {
  return (
    <Section title="Growth and forecast" description={sayGrowth(size)} surface={false}>
      <div className="grid gap-4 lg:grid-cols-2">
        <Days size={size} />
        <Card className="grid content-start gap-3">
          <h3 className="font-medium">If it goes on like this</h3>
          <Forecast size={size} zone={zone} />
          <p className="text-[0.8125rem] text-muted-foreground">
            How long events stay is in the{' '}
            <TextLink href="/settings/audit-retention">retention of the audit log</TextLink>, what to be
            warned of in the <TextLink href="/settings">settings</TextLink>.
          </p>
        </Card>
      </div>
    </Section>
  );
}

function Forecast({ size, zone }: GrowthSectionProps) {
  const sentences = sayForecast(size, zone);
  if (sentences.length === 0) {
    return (
      <p className="text-muted-foreground">
        {size.policyError === null
          ? 'Nothing can be foreseen yet.'
          : 'Nothing can be foreseen while the periods of the tiers are impossible.'}
      </p>
    );
  }
  return (
    <ul className="grid list-disc gap-2 pl-5 marker:text-muted-foreground">
      {sentences.map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
    </ul>
  );
}

/** Days of UTC, as they are sealed and archived. */
function Days({ size: { sealedDays } }: { size: AuditSize }) {
  if (sealedDays.length === 0) {
    return (
      <EmptyState title="No whole day yet">
        Days count from the one after the first seal, and today is not over.
      </EmptyState>
    );
  }
  const points = sealedDays.map(({ day }) => {
    const at = new Date(`${day}T00:00:00Z`);
    return { at: at.getTime(), label: `${formatDate(at, 'UTC', 'short')} (UTC)` };
  });
  return (
    <ChartFigure
      label="New events a day"
      kind="bars"
      unit="events"
      pointName="Day"
      points={points}
      series={[
        { name: 'New events', tone: 'teal', line: 'solid', values: sealedDays.map(({ events }) => events) },
      ]}
      from={points[0]?.label ?? ''}
      to={points.length > 1 ? (points.at(-1)?.label ?? '') : ''}
    />
  );
}
