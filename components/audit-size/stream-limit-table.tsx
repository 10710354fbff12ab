import type { AuditSize } from '@/lib/audit/size/audit-size';
import { sayStreamForecast } from '@/lib/audit/size/say-size';
import type { StreamForecast } from '@/lib/audit/size/stream-forecast';
import { formatBytes, formatNumber } from '@/lib/platform/format';
import { type Column, DataTable } from '../data-table/data-table';
import { Section } from '../ui/card';

interface StreamLimitTableProps {
  size: AuditSize;
  zone: string;
}

/** The streams that have limits of their own, and which limit each meets first; nothing where there are none. */
export function StreamLimitTable({ size: { streams, at }, zone }: StreamLimitTableProps) {
  if (streams.length === 0) return null;
  const columns: Column<StreamForecast>[] = [
    { id: 'stream', header: 'Stream', rowHeader: true, cell: ({ stream }) => stream },
    {
      id: 'events',
      header: 'Events',
      numeric: true,
      cell: ({ events, maxEntries }) => `${formatNumber(events)} of ${formatNumber(maxEntries)}`,
    },
    {
      id: 'bytes',
      header: 'Bytes',
      numeric: true,
      cell: ({ bytes, maxSizeBytes }) => `${formatBytes(bytes)} of ${formatBytes(maxSizeBytes)}`,
    },
    {
      id: 'rate',
      header: 'New a day',
      numeric: true,
      cell: ({ eventsPerDay }) => (eventsPerDay === null ? '–' : formatNumber(eventsPerDay)),
    },
    {
      id: 'first',
      header: 'Removed first by',
      stacksOnPhones: true,
      className: 'min-w-56',
      cell: (stream) => sayStreamForecast(stream, at, zone),
    },
  ];
  return (
    <Section
      title="Streams with limits"
      description="How they stand in the hot tier, by their counters, and which limit removes events first if as many come as now."
      surface={false}
    >
      <DataTable
        caption="Streams with limits"
        columns={columns}
        rows={streams}
        rowKey={({ stream }) => stream}
        empty={null}
      />
    </Section>
  );
}
