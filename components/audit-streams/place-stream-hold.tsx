'use client';

import { useState } from 'react';
import { useAction } from '../forms/use-action';
import { HoldForm } from '../holds/hold-form';
import { Button } from '../ui/button';
import { Dialog, DialogContent, DialogTrigger } from '../ui/dialog';
import { toast } from '../ui/toaster';
import type { PlaceStreamHoldAction } from './stream-actions';

/** Places a hold on a stream: for which matter, and why. */
export function PlaceStreamHold({ stream, place }: { stream: string; place: PlaceStreamHoldAction }) {
  const [open, setOpen] = useState(false);
  const { run, pending, failure, reset } = useAction(place, () => {
    setOpen(false);
    toast.success('The hold is in place.');
  });

  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        reset();
      }}
    >
      <DialogTrigger asChild>
        <Button size="sm">Place a hold</Button>
      </DialogTrigger>
      <DialogContent
        title={`Place a hold on the stream ${stream}`}
        description="Until somebody releases it, its events stay whatever limits and periods say, be it in an archive alone."
      >
        <HoldForm failure={failure} pending={pending} onSubmit={(values) => run({ stream, ...values })} />
      </DialogContent>
    </Dialog>
  );
}
