import { formatInstantBoth, formatInstantParts, formatRelative } from '@/lib/platform/format-time';
import { cn } from './cn';

interface TimestampProps {
  /** An instant; a string must be ISO 8601 with its offset. null shows `empty`. */
  value: Date | string | null;
  /** The IANA name of the zone of the person who reads. */
  zone: string;
  /** What 'now' is for the relative words; the moment of rendering when it is not given. */
  now?: Date;
  /**
   * 'stacked' (the default): the exact instant below the relative words; 'narrow': and UTC below that; 'inline': behind the words;
   * 'exact': without them.
   */
  layout?: 'stacked' | 'narrow' | 'inline' | 'exact';
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
  if (layout === 'inline') {
    return (
      <time dateTime={iso} className={className}>
        <span suppressHydrationWarning>{words}</span>
        {', '}
        <span suppressHydrationWarning className="text-muted-foreground">
          {exact}
        </span>
      </time>
    );
  }
  const lines = layout === 'narrow' ? formatInstantParts(instant, zone) : [exact];
  return (
    <time dateTime={iso} className={cn('inline-grid whitespace-nowrap', className)}>
      <span suppressHydrationWarning>{words}</span>
      {lines.map((line) => (
        <span key={line} suppressHydrationWarning className="text-xs leading-4 text-muted-foreground">
          {line}
        </span>
      ))}
    </time>
  );
}
