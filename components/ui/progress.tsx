import { cn } from './cn';

interface ProgressProps {
  /** How much is done, from 0 to `max`; null while that is not known. */
  value: number | null;
  /** 1 by default. */
  max?: number;
  /** Names the bar for screen readers. */
  label: string;
  /** What a screen reader says for the value, such as '14 of 20 files'. */
  valueText?: string;
  className?: string;
}

export function Progress({ value, max = 1, label, valueText, className }: ProgressProps) {
  const share = value === null || max <= 0 ? null : Math.min(1, Math.max(0, value / max));
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={max}
      aria-valuenow={value ?? undefined}
      aria-valuetext={valueText}
      className={cn('h-2 w-full overflow-hidden rounded-full bg-hover', className)}
    >
      <div
        className={cn(
          'h-full rounded-full bg-primary-text transition-[width]',
          share === null && 'w-1/3 animate-pulse',
        )}
        style={share === null ? undefined : { width: `${share * 100}%` }}
      />
    </div>
  );
}
