import { ChevronDown } from 'lucide-react';
import type { ComponentProps } from 'react';
import { cn } from './cn';
import { controlClass } from './input';

export interface SelectOption {
  value: string;
  label: string;
}

interface SelectProps extends ComponentProps<'select'> {
  options: readonly SelectOption[];
  /** Adds a first option with an empty value, such as "All states". */
  placeholder?: string;
}

/** The platform's own select: it works with any keyboard, on a phone, and without JavaScript. */
export function Select({ className, options, placeholder, ...props }: SelectProps) {
  return (
    <span className={cn('relative inline-block w-full', className)}>
      <select {...props} className={cn(controlClass, 'h-9 appearance-none pr-9')}>
        {placeholder === undefined ? null : <option value="">{placeholder}</option>}
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <ChevronDown
        aria-hidden
        className="pointer-events-none absolute top-1/2 right-3 size-4 -translate-y-1/2 text-muted-foreground"
      />
    </span>
  );
}
