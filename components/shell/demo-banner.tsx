import { FlaskConical } from 'lucide-react';

/** Says on every page that the data is invented, so that nobody takes it for real, nor real data for a demo. */
export function DemoBanner() {
  return (
    <aside
      aria-label="Demo"
      className="flex items-center justify-center gap-2 bg-tone-amber-soft px-4 py-1.5 text-center text-[0.8125rem] text-tone-amber"
    >
      <FlaskConical aria-hidden className="size-4 shrink-0" />
      <p>Demo: the challenges and people are invented; the files are real ones on this machine.</p>
    </aside>
  );
}
