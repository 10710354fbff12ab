'use client';

import { useState } from 'react';
import type { OverrideImpact } from '@/lib/overrides/override-impact';
import { formatCount } from '@/lib/platform/format';
import { useAction } from '../forms/use-action';
import { Button } from '../ui/button';
import { Callout } from '../ui/callout';
import { Dialog, DialogClose, DialogContent, DialogFooter, DialogTrigger } from '../ui/dialog';
import { toast } from '../ui/toaster';
import { ImpactFacts } from './impact-facts';
import type { OverrideActions } from './override-actions';

interface ApproveChangeDialogProps {
  changeId: string;
  challengeTitle: string;
  /** Such as 'Retention of files, 90 to 40 days'. */
  what: string;
  reason: string;
  impact: OverrideImpact;
  approve: OverrideActions['approve'];
  zone: string;
}

/** The second admin sees what was asked for, and by what reason, before the hosts are told. */
export function ApproveChangeDialog(props: ApproveChangeDialogProps) {
  const { changeId, challengeTitle, what, reason, impact, approve, zone } = props;
  const [open, setOpen] = useState(false);
  const { run, pending, failure, reset } = useAction(approve, ({ state }) => {
    setOpen(false);
    toast.success(
      state === 'scheduled'
        ? 'The change is approved. The hosts are being told.'
        : 'You have approved it. Another admin must as well, for no known person asked for it.',
    );
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
        <Button size="sm" variant="primary" aria-label={`Approve the change: ${what}`}>
          Approve…
        </Button>
      </DialogTrigger>
      <DialogContent
        title="Approve this change?"
        description={`${what}, of “${challengeTitle}”. It holds for ${formatCount(impact.filesCovered, 'file')}. The hosts are told next, and it takes effect 14 days after that.`}
      >
        {failure ? (
          <Callout kind="error" title="This was not done">
            {failure.message}
          </Callout>
        ) : null}
        <p className="break-words">Reason: {reason}</p>
        <ImpactFacts impact={impact} zone={zone} />
        <p className="text-[0.8125rem] text-muted-foreground">
          As it was when the change was asked for; the hosts are told how it is then.
        </p>
        <DialogFooter>
          <DialogClose asChild>
            <Button>Not now</Button>
          </DialogClose>
          <Button variant="primary" loading={pending} onClick={() => run({ changeId })}>
            Approve the change
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
