'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { ActionResult } from '@/lib/platform/action-result';
import { formatCount } from '@/lib/platform/format';
import { useAction } from '../forms/use-action';
import { AlertDialog, AlertDialogCancel, AlertDialogContent, AlertDialogTrigger } from '../ui/alert-dialog';
import { Button } from '../ui/button';
import { Callout } from '../ui/callout';
import { DialogFooter } from '../ui/dialog';
import { toast } from '../ui/toaster';

export type SendAgain = (input: {
  noticeId: string;
}) => Promise<ActionResult<{ accepted: number; refused: number }>>;

interface SendAgainDialogProps {
  noticeId: string;
  /** Whether some hosts have accepted it already. */
  isSent: boolean;
  send: SendAgain;
}

export function SendAgainDialog({ noticeId, isSent, send }: SendAgainDialogProps) {
  const [open, setOpen] = useState(false);
  const router = useRouter();
  const { run, pending, failure, reset } = useAction(send, ({ accepted, refused }) => {
    setOpen(false);
    const took = `${formatCount(accepted, 'address', 'addresses')} took it`;
    if (refused === 0) toast.success(`Sent: ${took}.`);
    else
      toast.error(
        `${accepted === 0 ? 'Nobody' : took}${accepted === 0 ? ' took it' : ''}; ${formatCount(refused, 'address', 'addresses')} refused it. The table says why.`,
      );
  });
  return (
    <AlertDialog
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        // What was tried may have changed the notice, or shown that there is nothing to announce any more.
        if (!next && failure) router.refresh();
        reset();
      }}
    >
      <AlertDialogTrigger asChild>
        <Button variant="primary">Send again now</Button>
      </AlertDialogTrigger>
      <AlertDialogContent
        title="Send this notice again now?"
        description={
          isSent
            ? 'The hosts who have not accepted it get the mail. Nobody who has it gets it twice, and the 14 days run from the first mail as before.'
            : 'Every host of the challenge gets a mail about all that is due by now. It goes 14 days after that mail at the earliest.'
        }
      >
        {failure ? (
          <Callout kind="error" title="It was not sent">
            {failure.message}
          </Callout>
        ) : null}
        <DialogFooter>
          <AlertDialogCancel asChild>
            <Button>{failure ? 'Close' : 'Cancel'}</Button>
          </AlertDialogCancel>
          <Button variant="primary" loading={pending} onClick={() => run({ noticeId })}>
            Send it
          </Button>
        </DialogFooter>
      </AlertDialogContent>
    </AlertDialog>
  );
}
