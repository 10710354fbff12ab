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

/** A line below a sum of sizes: how many files it leaves out because nobody said theirs; nothing when it has them all. */
export function UnknownSizes({ files }: { files: number }) {
  if (files === 0) return null;
  return <span className="block text-xs text-muted-foreground">{formatNumber(files)} of unknown size</span>;
}
