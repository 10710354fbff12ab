'use client';

import { useState } from 'react';
import { useAction } from '../forms/use-action';
import { placedWords } from '../holds/hold-dialog';
import { HoldForm } from '../holds/hold-form';
import { Button } from '../ui/button';
import { Dialog, DialogContent, DialogTrigger } from '../ui/dialog';
import { toast } from '../ui/toaster';
import type { PlaceAnonymousHoldAction } from './hold-actions';

interface PlaceAnonymousHoldProps {
  /** Null: on all anonymous data. */
  transcriptId: string | null;
  place: PlaceAnonymousHoldAction;
}

/** Places a hold on one transcript or on all anonymous data: for which matter, and why. */
export function PlaceAnonymousHold({ transcriptId, place }: PlaceAnonymousHoldProps) {
  const [open, setOpen] = useState(false);
  const { run, pending, failure, reset } = useAction(place, ({ filesBeingDeleted }) => {
    setOpen(false);
    toast.success(placedWords(filesBeingDeleted));
  });

  const isAll = transcriptId === null;
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        reset();
      }}
    >
      <DialogTrigger asChild>
        <Button size="sm">{isAll ? 'Hold everything' : 'Place a hold'}</Button>
      </DialogTrigger>
      <DialogContent
        title={isAll ? 'Place a hold on all anonymous data' : 'Place a hold on this transcript'}
        description={
          isAll
            ? 'Until somebody releases it, no transcript, recording or meeting goes, whatever the policy says.'
            : 'Until somebody releases it, the transcript stays with its files, its recording and its meeting, whatever the policy says.'
        }
      >
        <HoldForm
          failure={failure}
          pending={pending}
          onSubmit={(values) => run({ transcriptId, ...values })}
        />
      </DialogContent>
    </Dialog>
  );
}
