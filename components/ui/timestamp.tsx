import { formatInstantBoth, formatRelative } from '@/lib/platform/format-time';
import { cn } from './cn';

interface TimestampProps {
  /** An instant; a string must be ISO 8601 with its offset. null shows `empty`. */
  value: Date | string | null;
  /** The IANA name of the zone of the person who reads. */
  zone: string;
  /** What 'now' is for the relative words; the moment of rendering when it is not given. */
  now?: Date;
  /** 'stacked' (the default): the exact instant below the relative words; 'inline': behind them; 'exact': without them. */
  layout?: 'stacked' | 'inline' | 'exact';
  empty?: string;
  className?: string;
}

/**
 * An instant for people: relative words, the exact minute in their zone, and UTC beside it (L10). The words are made
 * where it is rendered; in a client component the server's words stay until the next rendering, hence the suppressed
 * comparison of a text that may be one second older.
 */
export function Timestamp({ value, zone, now, layout = 'stacked', empty = '–', className }: TimestampProps) {
  if (value === null) return <span className={cn('text-muted-foreground', className)}>{empty}</span>;
  const instant = typeof value === 'string' ? new Date(value) : value;
  const exact = formatInstantBoth(instant, zone);
  const iso = instant.toISOString();
  if (layout === 'exact')
    return (
      <time dateTime={iso} suppressHydrationWarning className={className}>
        {exact}
      </time>
    );
  const words = formatRelative(instant, now ?? new Date());
  return (
    <time dateTime={iso} className={cn(layout === 'stacked' && 'inline-grid whitespace-nowrap', className)}>
      <span suppressHydrationWarning>{words}</span>
      {layout === 'inline' ? ', ' : null}
      <span
        suppressHydrationWarning
        className={layout === 'stacked' ? 'text-xs leading-4 text-muted-foreground' : 'text-muted-foreground'}
      >
        {exact}
      </span>
    </time>
  );
}
