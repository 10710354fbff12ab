'use client';

import { Search } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { type FormEvent, type RefObject, useEffect, useId, useRef, useTransition } from 'react';
import { Button } from '../ui/button';
import { Input } from '../ui/input';
import { Label } from '../ui/label';
import { LinkButton } from '../ui/link-button';
import { Select, type SelectOption } from '../ui/select';

export type Filter =
  | { kind: 'search'; name: string; label: string; value: string | undefined; placeholder?: string }
  | {
      kind: 'select';
      name: string;
      label: string;
      value: string | undefined;
      options: readonly SelectOption[];
      /** The option for no filter, such as 'All states'. */
      all: string;
    }
  | { kind: 'date'; name: string; label: string; value: string | undefined };

interface FilterBarProps {
  /** Names the form for screen readers, such as 'Filter challenges'. */
  label: string;
  pathname: string;
  filters: readonly Filter[];
  /** Parameters that a filter leaves alone, such as the order. */
  keep?: Record<string, string | undefined>;
  /** What the link says that takes all of them away. */
  clear?: string;
}

const TYPING_MS = 300;

/**
 * Filters whose state is the address. They apply by themselves, a search when the typing pauses; without JavaScript it is
 * a plain form with a button.
 */
export function FilterBar({ label, pathname, filters, keep = {}, clear = 'Clear filters' }: FilterBarProps) {
  const form = useRef<HTMLFormElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const router = useRouter();
  const [pending, startTransition] = useTransition();
  useFollowAddress(form, filters);
  useEffect(() => () => clearTimeout(timer.current), []);

  function apply(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    clearTimeout(timer.current);
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(event.currentTarget)) {
      if (typeof value === 'string' && value.trim()) query.set(name, value.trim());
    }
    const href = query.size > 0 ? `${pathname}?${query}` : pathname;
    startTransition(() => router.replace(href, { scroll: false }));
  }

  function applySoon() {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => form.current?.requestSubmit(), TYPING_MS);
  }

  const kept = Object.entries(keep).filter(([, value]) => value);
  const isFiltered = filters.some((filter) => filter.value);
  return (
    // biome-ignore lint/a11y/useSemanticElements: the search element is too young for the browsers that we support.
    <form
      ref={form}
      role="search"
      aria-label={label}
      action={pathname}
      method="get"
      onSubmit={apply}
      className="flex flex-wrap items-end gap-3"
      data-print="hide"
    >
      {kept.map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {filters.map((filter) => (
        <FilterControl
          key={filter.name}
          filter={filter}
          onType={applySoon}
          onChoose={() => form.current?.requestSubmit()}
        />
      ))}
      <noscript>
        <Button type="submit">Apply</Button>
      </noscript>
      {isFiltered ? (
        <LinkButton href={hrefOf(pathname, kept)} variant="ghost" scroll={false}>
          {clear}
        </LinkButton>
      ) : null}
      <span role="status" className="sr-only">
        {pending ? 'Loading' : ''}
      </span>
    </form>
  );
}

function hrefOf(pathname: string, kept: readonly (readonly [string, string | undefined])[]): string {
  const query = new URLSearchParams(kept.map(([name, value]) => [name, value ?? '']));
  return query.size > 0 ? `${pathname}?${query}` : pathname;
}

interface FilterControlProps {
  filter: Filter;
  onType: () => void;
  onChoose: () => void;
}

function FilterControl({ filter, onType, onChoose }: FilterControlProps) {
  const id = useId();
  const shared = { id, name: filter.name, defaultValue: filter.value ?? '' };
  if (filter.kind === 'search') {
    return (
      <div className="grid w-full gap-1 sm:w-64">
        <Label htmlFor={id}>{filter.label}</Label>
        <div className="relative">
          <Search
            aria-hidden
            className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-muted-foreground"
          />
          <Input
            {...shared}
            type="search"
            placeholder={filter.placeholder}
            onInput={onType}
            className="pl-9"
          />
        </div>
      </div>
    );
  }
  return (
    <div className="grid min-w-36 gap-1 max-sm:flex-1 sm:max-w-60">
      <Label htmlFor={id}>{filter.label}</Label>
      {filter.kind === 'select' ? (
        <Select {...shared} options={filter.options} placeholder={filter.all} onChange={onChoose} />
      ) : (
        <Input {...shared} type="date" onChange={onChoose} />
      )}
    </div>
  );
}

/** When the address changes by itself (Back, Clear filters) the controls follow, except the one that is being used. */
function useFollowAddress(form: RefObject<HTMLFormElement | null>, filters: readonly Filter[]) {
  useEffect(() => {
    for (const { name, value } of filters) {
      const control = form.current?.elements.namedItem(name);
      const isControl = control instanceof HTMLInputElement || control instanceof HTMLSelectElement;
      if (isControl && control !== document.activeElement) control.value = value ?? '';
    }
  }, [form, filters]);
}
