import { formatBytes, formatNumber } from '@/lib/platform/format';

/** A size in decimal units; hovering shows the exact number of bytes. null: 'unknown'. */
export function Bytes({ value, className }: { value: number | null; className?: string }) {
  if (value === null) return <span className="text-muted-foreground">unknown</span>;
  return (
    <data value={value} title={`${formatNumber(value)} bytes`} className={className}>
      {formatBytes(value)}
    </data>
  );
}
