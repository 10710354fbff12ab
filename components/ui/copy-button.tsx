'use client';

import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from './button';
import { cn } from './cn';

interface CopyButtonProps {
  value: string;
  /** What is copied, such as 'run id'; it becomes the name of the button. */
  label: string;
  className?: string;
}

export function CopyButton({ value, label, className }: CopyButtonProps) {
  const [result, setResult] = useState<'copied' | 'failed' | null>(null);

  useEffect(() => {
    if (result === null) return;
    const timer = setTimeout(() => setResult(null), 2000);
    return () => clearTimeout(timer);
  }, [result]);

  async function copy() {
    try {
      await navigator.clipboard.writeText(value);
      setResult('copied');
    } catch {
      // The clipboard is closed to pages that are not served over TLS or from this machine.
      setResult('failed');
    }
  }

  return (
    <>
      <Button
        variant="ghost"
        size="icon-sm"
        aria-label={`Copy ${label}`}
        onClick={copy}
        className={cn('size-6 text-muted-foreground', className)}
        data-print="hide"
      >
        {result === 'copied' ? (
          <Check aria-hidden className="!size-3.5 text-tone-green" />
        ) : (
          <Copy aria-hidden className="!size-3.5" />
        )}
      </Button>
      <span role="status" className={result === 'failed' ? 'text-xs text-muted-foreground' : 'sr-only'}>
        {result === 'copied' ? 'Copied' : result === 'failed' ? 'Select the text to copy it' : ''}
      </span>
    </>
  );
}

interface CopyableIdProps {
  value: string;
  label: string;
  /** How many characters are shown, 8 by default; the button copies all of them, and hovering shows them. */
  show?: number;
}

/** An id in the monospaced face with a button that copies it. */
export function CopyableId({ value, label, show = 8 }: CopyableIdProps) {
  // Time-ordered ids share their first characters, so the last ones tell them apart.
  const shown = value.length > show ? `…${value.slice(-show)}` : value;
  return (
    <span className={cn('inline-flex items-center gap-1', shown !== value && 'whitespace-nowrap')}>
      <code className={cn('font-mono text-[0.8125rem]', shown === value && 'break-all')} title={value}>
        {shown}
      </code>
      <CopyButton value={value} label={label} />
    </span>
  );
}
