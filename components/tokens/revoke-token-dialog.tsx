'use client';

import { useState } from 'react';
import type { ActionResult } from '@/lib/platform/action-result';
import { useAction } from '../forms/use-action';
import { AlertDialog, AlertDialogCancel, AlertDialogContent, AlertDialogTrigger } from '../ui/alert-dialog';
import { Button } from '../ui/button';
import { Callout } from '../ui/callout';
import { DialogFooter } from '../ui/dialog';
import { toast } from '../ui/toaster';

export type RevokeToken = (input: { tokenId: string }) => Promise<ActionResult<unknown>>;

interface RevokeTokenDialogProps {
  token: { id: string; name: string };
  revoke: RevokeToken;
}

export function RevokeTokenDialog({ token, revoke }: RevokeTokenDialogProps) {
  const [open, setOpen] = useState(false);
  const { run, pending, failure } = useAction(revoke, () => {
    setOpen(false);
    toast.success(`“${token.name}” is revoked: its next request is refused.`);
  });
  return (
    <AlertDialog open={open} onOpenChange={setOpen}>
      <AlertDialogTrigger asChild>
        <Button size="sm" aria-label={`Revoke ${token.name}`}>
          Revoke
        </Button>
      </AlertDialogTrigger>
      <AlertDialogContent
        title={`Revoke “${token.name}”?`}
        description="Its very next request is refused. This cannot be taken back; a new token can be made."
      >
        {failure ? (
          <Callout kind="error" title="It was not revoked">
            {failure.message}
          </Callout>
        ) : null}
        <DialogFooter>
          <AlertDialogCancel asChild>
            <Button>Cancel</Button>
          </AlertDialogCancel>
          <Button variant="danger" loading={pending} onClick={() => run({ tokenId: token.id })}>
            Revoke
          </Button>
        </DialogFooter>
      </AlertDialogContent>
    </AlertDialog>
  );
}
