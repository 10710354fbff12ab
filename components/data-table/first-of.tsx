import { formatCount, formatNumber } from '@/lib/platform/format';

interface FirstOfProps {
  shown: number;
  total: number;
  /** What the rows are, in the singular, such as 'file'. */
  noun: string;
  /** What else there is to say of it, as a sentence. */
  more?: string;
}

/** Below a table without pages: that it is not all. */
export function FirstOf({ shown, total, noun, more }: FirstOfProps) {
  if (shown >= total) return null;
  return (
    <p className="text-[0.8125rem] text-muted-foreground">
      The first {formatNumber(shown)} of {formatCount(total, noun)}.{more ? ` ${more}` : ''}
    </p>
  );
}
