'use client';

import { type KeyboardEvent, type PointerEvent, useState } from 'react';
import { formatBytes, formatNumber } from '@/lib/platform/format';
import { cn } from '../ui/cn';
import { type Tone, toneFill, toneText } from '../ui/tone';
import { axisEnd, linePath, nearest, places } from './chart-scale';

export interface ChartSeries {
  name: string;
  tone: Tone;
  /** Told apart without colours: by the line, and by the sign at its end. */
  line: 'solid' | 'dashed' | 'dotted';
  values: readonly (number | null)[];
}

export interface ChartPoint {
  /** Milliseconds since 1970. */
  at: number;
  /** The instant in words, made on the server, so that both sides say the same. */
  label: string;
}

export interface TimeChartProps {
  /** Names the chart for screen readers. */
  label: string;
  points: readonly ChartPoint[];
  series: readonly ChartSeries[];
  unit: 'events' | 'bytes';
  kind: 'lines' | 'bars';
  /** Words below the axis, at its beginning and its end. */
  from: string;
  to: string;
}

const DASHES = { solid: undefined, dashed: '7 4', dotted: '1.5 4' };
const SIGNS = { solid: 'rounded-full', dashed: '', dotted: 'rotate-45' };

const write = (value: number | null | undefined, unit: TimeChartProps['unit']): string => {
  if (value === null || value === undefined) return 'not known';
  return unit === 'bytes' ? formatBytes(value) : formatNumber(value);
};

/**
 * Values over time. It is drawn on the server at its final size; the pointer, a finger, or the arrow keys choose an instant,
 * whose values are then written above it. A table with the same numbers belongs beside it (ChartFigure).
 */
export function TimeChart({ label, points, series, unit, kind, from, to }: TimeChartProps) {
  const [chosen, setChosen] = useState<number | null>(null);
  const xs =
    kind === 'bars'
      ? points.map((_, index) => ((index + 0.5) / points.length) * 100)
      : places(points.map(({ at }) => at));
  const end = axisEnd(Math.max(0, ...series.flatMap(({ values }) => values.map((value) => value ?? 0))));
  const last = points.length - 1;
  const shown = chosen ?? last;

  function followPointer(event: PointerEvent<HTMLDivElement>) {
    const box = event.currentTarget.getBoundingClientRect();
    if (box.width > 0) setChosen(nearest(xs, ((event.clientX - box.left) / box.width) * 100));
  }

  function followKeys(event: KeyboardEvent<HTMLDivElement>) {
    const steps: Record<string, number> = {
      ArrowLeft: shown - 1,
      ArrowDown: shown - 1,
      ArrowRight: shown + 1,
      ArrowUp: shown + 1,
      PageDown: shown - 7,
      PageUp: shown + 7,
      Home: 0,
      End: last,
    };
    const next = steps[event.key];
    if (next === undefined) return;
    event.preventDefault();
    setChosen(Math.min(last, Math.max(0, next)));
  }

  return (
    <div className="grid gap-4">
      <Legend at={points[shown]?.label ?? ''} shown={shown} series={series} unit={unit} />
      <div className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-2">
        <Axis end={end} unit={unit} />
        <div
          role="slider"
          tabIndex={0}
          aria-label={`${label}: point in time`}
          aria-valuemin={0}
          aria-valuemax={last}
          aria-valuenow={shown}
          aria-valuetext={`${points[shown]?.label}: ${series.map(({ name, values }) => `${name} ${write(values[shown], unit)}`).join(', ')}`}
          onPointerMove={followPointer}
          onPointerDown={followPointer}
          onPointerLeave={() => setChosen(null)}
          onBlur={() => setChosen(null)}
          onKeyDown={followKeys}
          className="relative h-44 touch-pan-y rounded-sm"
        >
          <svg
            aria-hidden
            viewBox="0 0 100 100"
            preserveAspectRatio="none"
            className="absolute inset-0 size-full overflow-visible"
          >
            {[0, 50, 100].map((y) => (
              <line
                key={y}
                x1="0"
                x2="100"
                y1={y}
                y2={y}
                className="stroke-border"
                vectorEffect="non-scaling-stroke"
              />
            ))}
            {series.map((one) =>
              kind === 'bars' ? (
                <Bars key={one.name} series={one} end={end} chosen={chosen} />
              ) : (
                <path
                  key={one.name}
                  d={linePath(xs, one.values, end)}
                  fill="none"
                  stroke="currentColor"
                  strokeWidth="2"
                  strokeLinejoin="round"
                  strokeDasharray={DASHES[one.line]}
                  vectorEffect="non-scaling-stroke"
                  className={toneText[one.tone]}
                />
              ),
            )}
          </svg>
          {kind === 'lines'
            ? series.map((one) => (
                <Sign key={one.name} series={one} x={xs[shown] ?? 0} index={shown} end={end} />
              ))
            : null}
          {chosen === null || kind === 'bars' ? null : (
            <div
              aria-hidden
              className="pointer-events-none absolute inset-y-0 w-px bg-foreground/60"
              style={{ left: `${xs[chosen]}%` }}
            />
          )}
        </div>
        <span />
        <div aria-hidden className="flex justify-between pt-1 text-xs text-muted-foreground">
          <span>{from}</span>
          <span>{to}</span>
        </div>
      </div>
    </div>
  );
}

interface LegendProps extends Pick<TimeChartProps, 'series' | 'unit'> {
  at: string;
  shown: number;
}

/** What the lines are, with their values at the chosen instant; at the end when none is chosen. */
function Legend({ at, shown, series, unit }: LegendProps) {
  return (
    <div aria-hidden className="grid gap-0.5 text-[0.8125rem]">
      <span className="truncate text-muted-foreground">{at}</span>
      <ul className="flex flex-wrap gap-x-4 gap-y-1">
        {series.map(({ name, tone, line, values }) => (
          <li key={name} className="flex items-center gap-1.5">
            <svg viewBox="0 0 20 8" className={cn('h-2 w-5', toneText[tone])} role="presentation">
              <line
                x1="0"
                x2="20"
                y1="4"
                y2="4"
                stroke="currentColor"
                strokeWidth="2"
                strokeDasharray={DASHES[line]}
              />
            </svg>
            <span>{name}</span>
            <span className="font-medium">{write(values[shown], unit)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Axis({ end, unit }: { end: number; unit: TimeChartProps['unit'] }) {
  return (
    <div aria-hidden className="relative w-14 text-right text-xs text-muted-foreground">
      {[end, end / 2, 0].map((value, index) => (
        <span key={value} className="absolute right-0 -translate-y-1/2" style={{ top: `${index * 50}%` }}>
          {unit === 'events' && !Number.isInteger(value) ? '' : write(value, unit)}
        </span>
      ))}
    </div>
  );
}

function Bars({ series, end, chosen }: { series: ChartSeries; end: number; chosen: number | null }) {
  const width = 100 / series.values.length;
  return series.values.map((value, index) => {
    const height = ((value ?? 0) / end) * 100;
    return (
      <rect
        // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place.
        key={index}
        x={(index + 0.1) * width}
        width={width * 0.8}
        y={100 - height}
        height={height}
        fill="currentColor"
        className={cn(toneText[series.tone], chosen !== null && chosen !== index && 'opacity-50')}
      />
    );
  });
}

/** Marks the value on the line, with another form for each line. */
function Sign({ series, x, index, end }: { series: ChartSeries; x: number; index: number; end: number }) {
  const value = series.values[index];
  if (value === null || value === undefined) return null;
  return (
    <span
      aria-hidden
      className={cn(
        'pointer-events-none absolute -ml-1 -mt-1 size-2 ring-2 ring-card',
        toneFill[series.tone],
        SIGNS[series.line],
      )}
      style={{ left: `${x}%`, top: `${100 - (value / end) * 100}%` }}
    />
  );
}
