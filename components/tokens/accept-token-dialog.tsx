'use client';

import { useState } from 'react';
import type { ActionResult } from '@/lib/platform/action-result';
import { useAction } from '../forms/use-action';
import { Button } from '../ui/button';
import { Callout } from '../ui/callout';
import { Dialog, DialogClose, DialogContent, DialogFooter, DialogTrigger } from '../ui/dialog';
import { toast } from '../ui/toaster';

export type AcceptToken = (input: { tokenId: string }) => Promise<ActionResult<unknown>>;

interface AcceptTokenDialogProps {
  token: { id: string; name: string; createdBy: string | null };
  /** When it ends by itself, as the reader's zone and UTC say it. */
  expires: string;
  accept: AcceptToken;
}

/** A host lets a machine decide in his name, knowing what that means. */
export function AcceptTokenDialog({ token, expires, accept }: AcceptTokenDialogProps) {
  const [open, setOpen] = useState(false);
  const { run, pending, failure } = useAction(accept, () => {
    setOpen(false);
    toast.success(`“${token.name}” can decide in your name now.`);
  });
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        <Button size="sm" variant="primary" aria-label={`Accept ${token.name}`}>
          Accept
        </Button>
      </DialogTrigger>
      <DialogContent
        title={`Let “${token.name}” decide in your name?`}
        description={`Made by ${token.createdBy ?? 'somebody on the server'}; it ends on ${expires}.`}
      >
        <ul className="grid list-disc gap-1.5 pl-5">
          <li>
            It can give and withdraw consent for every challenge of which you are a host, as if you did.
          </li>
          <li>What is deleted under a consent that it gave cannot be brought back.</li>
          <li>Each of its decisions stands in the consent history with your name and the word “API”.</li>
          <li>You can revoke it here at any time; its next request is then refused.</li>
        </ul>
        {failure ? (
          <Callout kind="error" title="It was not accepted">
            {failure.message}
          </Callout>
        ) : null}
        <DialogFooter>
          <DialogClose asChild>
            <Button>Not now</Button>
          </DialogClose>
          <Button variant="primary" loading={pending} onClick={() => run({ tokenId: token.id })}>
            Let it decide
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
