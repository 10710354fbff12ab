import { cn } from '../ui/cn';

/** The mark: a ring that lapses, from whole to nothing, with the name beside it. */
export function Brand({ className }: { className?: string }) {
  return (
    <span
      className={cn(
        'inline-flex items-center gap-2 text-[0.9375rem] font-semibold tracking-tight',
        className,
      )}
    >
      <svg
        aria-hidden="true"
        viewBox="0 0 20 20"
        className="size-5 text-primary-text"
        fill="none"
        stroke="currentColor"
      >
        <path d="M10 2.5a7.5 7.5 0 1 1-7.5 7.5" strokeWidth="2.5" strokeLinecap="round" />
        <path d="M3.6 6.3a7.5 7.5 0 0 1 2.7-2.7" strokeWidth="2.5" strokeLinecap="round" opacity=".35" />
      </svg>
      Lapse
    </span>
  );
}
