'use client';

import { type ReactNode, useState } from 'react';
import { formatCount } from '@/lib/platform/format';
import { useAction } from '../forms/use-action';
import { Dialog, DialogContent, DialogTrigger } from '../ui/dialog';
import { toast } from '../ui/toaster';
import type { PlaceHold, WantedTarget } from './hold-actions';
import { HoldForm } from './hold-form';

interface HoldDialogProps {
  /** The button that opens it. */
  trigger: ReactNode;
  /** What it is placed on, when that is settled: 'submission #12'. */
  on?: string;
  place: PlaceHold;
  /** Reads the target from the form; a text says what is wrong with it. */
  targetOf: (form: FormData) => WantedTarget | string;
  /** The controls that `targetOf` reads, given what is wrong with them. */
  children?: (problem: string | undefined) => ReactNode;
}

/** Places a hold: on what, for which matter, and why. */
export function HoldDialog({ trigger, on, place, targetOf, children }: HoldDialogProps) {
  const [open, setOpen] = useState(false);
  const [problem, setProblem] = useState<string>();
  const { run, pending, failure, reset } = useAction(place, ({ filesBeingDeleted }) => {
    setOpen(false);
    toast.success(placedWords(filesBeingDeleted));
  });

  function submit(values: { matter: string; reason: string }, form: FormData) {
    const target = targetOf(form);
    setProblem(typeof target === 'string' ? target : undefined);
    if (typeof target !== 'string') run({ target, ...values });
  }

  const fields = failure?.fields ?? {};
  const ofTarget = Object.entries(fields).find(([path]) => path.startsWith('target'))?.[1];
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        setProblem(undefined);
        reset();
      }}
    >
      <DialogTrigger asChild>{trigger}</DialogTrigger>
      <DialogContent
        title={on ? `Place a hold on ${on}` : 'Place a hold'}
        description="Nothing that it stands on is deleted until somebody releases it, whatever consent, notice and date say."
      >
        <HoldForm
          failure={failure}
          {...(children && { isElsewhere: Object.keys(fields).length === 0 })}
          pending={pending}
          onSubmit={submit}
          hint="Hosts do not see it."
        >
          {children?.(problem ?? ofTarget)}
        </HoldForm>
      </DialogContent>
    </Dialog>
  );
}

/** What is said of a hold that is in place: which files it came too late for (L7). */
export function placedWords(filesBeingDeleted: number): string {
  if (filesBeingDeleted === 0) return 'The hold is in place.';
  return `The hold is in place. It came too late for ${formatCount(filesBeingDeleted, 'file')}, which a run was deleting already.`;
}
