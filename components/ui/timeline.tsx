import type { ReactNode } from 'react';
import { formatInstantBoth, formatRelative } from '@/lib/platform/format-time';
import { cn } from './cn';
import { type Tone, toneFill, toneText } from './tone';

export interface TimelinePoint {
  id: string;
  /** What happens, such as 'Phase ends'. */
  label: string;
  /** null: it has no date (yet); such points come last, and `description` says why. */
  at: Date | null;
  description?: ReactNode;
  tone?: Tone;
}

interface TimelineProps {
  /** Names the list for screen readers, such as 'From the end of the phase to the deletion'. */
  label: string;
  points: readonly TimelinePoint[];
  zone: string;
  now: Date;
}

type Entry = TimelinePoint & { today?: true };

/** Dated points in their order with today marked among them: a row where there is room, else a column. */
export function Timeline({ label, points, zone, now }: TimelineProps) {
  const entries = withToday(points, now);
  return (
    <ol aria-label={label} className="grid lg:auto-cols-fr lg:grid-flow-col">
      {entries.map((entry, index) => (
        <li
          key={entry.id}
          aria-current={entry.today ? 'date' : undefined}
          className="relative grid grid-cols-[1rem_1fr] gap-x-3 pb-6 last:pb-0 lg:grid-cols-1 lg:grid-rows-[1rem_auto] lg:gap-y-2 lg:pr-4 lg:pb-0"
        >
          {index < entries.length - 1 ? <Line done={isPast(entries[index + 1], now)} /> : null}
          <Dot entry={entry} done={isPast(entry, now)} />
          <div className="-mt-0.5 grid content-start gap-0.5 lg:mt-0">
            <p className={cn('font-medium', entry.today && 'text-primary-text')}>{entry.label}</p>
            {entry.at ? <When at={entry.at} zone={zone} now={now} today={entry.today === true} /> : null}
            {entry.description ? (
              <div className="text-[0.8125rem] text-muted-foreground">{entry.description}</div>
            ) : null}
          </div>
        </li>
      ))}
    </ol>
  );
}

function When({ at, zone, now, today }: { at: Date; zone: string; now: Date; today: boolean }) {
  return (
    <time dateTime={at.toISOString()} className="grid text-[0.8125rem] text-muted-foreground">
      {today ? null : <span className="text-foreground">{formatRelative(at, now)}</span>}
      <span>{formatInstantBoth(at, zone)}</span>
    </time>
  );
}

function Line({ done }: { done: boolean }) {
  return (
    <span
      aria-hidden
      className={cn(
        'absolute top-4 bottom-0 left-[0.4375rem] w-0.5 lg:top-[0.4375rem] lg:right-0 lg:bottom-auto lg:left-4 lg:h-0.5 lg:w-auto',
        done ? 'bg-input' : 'bg-border',
      )}
    />
  );
}

function Dot({ entry, done }: { entry: Entry; done: boolean }) {
  if (entry.today)
    return (
      <span
        aria-hidden
        className="relative size-4 rounded-full border-4 border-primary bg-card print:bg-white"
      />
    );
  const tone = entry.tone ?? 'neutral';
  return (
    <span
      aria-hidden
      className={cn(
        'relative m-0.5 size-3 rounded-full',
        done ? toneFill[tone] : cn('border-2 border-current bg-card', toneText[tone]),
      )}
    />
  );
}

function isPast(entry: Entry | undefined, now: Date): boolean {
  return entry?.at != null && entry.at <= now;
}

/** The points by date, with today in its place and what has no date at the end. */
export function withToday(points: readonly TimelinePoint[], now: Date): Entry[] {
  const dated: Entry[] = points.filter((point) => point.at !== null);
  const undated = points.filter((point) => point.at === null);
  const today: Entry = { id: 'today', label: 'Today', at: now, today: true };
  const sorted = dated.toSorted((a, b) => (a.at?.getTime() ?? 0) - (b.at?.getTime() ?? 0));
  const place = sorted.findIndex((point) => !isPast(point, now));
  const index = place === -1 ? sorted.length : place;
  return [...sorted.slice(0, index), today, ...sorted.slice(index), ...undated];
}
