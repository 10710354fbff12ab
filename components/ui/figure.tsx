import type { ReactNode } from 'react';

interface FigureProps {
  label: string;
  value: ReactNode;
  /** What the number means, or what it was before. */
  note?: ReactNode;
}

/** One number that a page is about. Put several into Figures. */
export function Figure({ label, value, note }: FigureProps) {
  return (
    <div className="grid content-start gap-1 bg-card px-4 py-3">
      <dt className="text-[0.8125rem] text-muted-foreground">{label}</dt>
      <dd className="text-xl leading-7 font-semibold">{value}</dd>
      {note ? <dd className="text-xs text-muted-foreground">{note}</dd> : null}
    </div>
  );
}

export function Figures({ children }: { children: ReactNode }) {
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border bg-border lg:grid-cols-4">
      {children}
    </dl>
  );
}
