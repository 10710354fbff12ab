'use client';

import { useRouter } from 'next/navigation';
import { type FormEvent, useState } from 'react';
import type { HoldImpact } from '@/lib/holds/hold-impact';
import { useAction } from '../forms/use-action';
import { Button } from '../ui/button';
import { Callout } from '../ui/callout';
import { Dialog, DialogClose, DialogContent, DialogFooter, DialogTrigger } from '../ui/dialog';
import { Field } from '../ui/field';
import { Skeleton } from '../ui/skeleton';
import { Textarea } from '../ui/textarea';
import { toast } from '../ui/toaster';
import type { ReleaseActions } from './hold-actions';
import { ReleaseFacts } from './release-facts';

interface ReleaseHoldDialogProps {
  holdId: string;
  matter: string;
  /** What it stands on, in words. */
  target: string;
  actions: ReleaseActions;
  /** IANA name of the zone of who reads. */
  zone: string;
  size?: 'sm' | 'md';
}

/** Shows what a release would let go, counted when it opens, and asks for the reason. */
export function ReleaseHoldDialog(props: ReleaseHoldDialogProps) {
  const { holdId, matter, target, actions, zone, size = 'sm' } = props;
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [impact, setImpact] = useState<HoldImpact | null>(null);
  const preview = useAction(actions.preview, setImpact);
  const release = useAction(actions.release, () => {
    setOpen(false);
    toast.success('The hold is released. The hosts are told before anything goes.');
  });

  function change(next: boolean) {
    // What was refused shows that the page is out of date.
    if (!next && (preview.failure || release.failure)) router.refresh();
    setOpen(next);
    setImpact(null);
    preview.reset();
    release.reset();
    if (next) preview.run({ holdId });
  }

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (!impact) return;
    release.run({ holdId, reason: String(new FormData(event.currentTarget).get('reason') ?? '') });
  }

  const { failure } = release;
  return (
    <Dialog open={open} onOpenChange={change}>
      <DialogTrigger asChild>
        <Button size={size} aria-label={`Release the hold for ${matter}`}>
          Release…
        </Button>
      </DialogTrigger>
      <DialogContent
        title={`Release the hold for “${matter}”?`}
        description={`It stands on ${target}. Nothing has changed yet.`}
      >
        <form onSubmit={submit} className="grid min-w-0 gap-4">
          {failure && failure.fields.reason === undefined ? (
            <Callout kind="error" title="The hold was not released">
              {failure.message}
            </Callout>
          ) : null}
          {impact ? (
            <ReleaseFacts impact={impact} zone={zone} />
          ) : (
            <NotCounted preview={preview} again={() => preview.run({ holdId })} />
          )}
          <Field label="Reason" required error={failure?.fields.reason}>
            {(control) => <Textarea {...control} name="reason" maxLength={2000} />}
          </Field>
          <DialogFooter>
            <DialogClose asChild>
              <Button>Cancel</Button>
            </DialogClose>
            <Button type="submit" variant="danger" loading={release.pending} disabled={impact === null}>
              Release the hold
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}

interface NotCountedProps {
  preview: { pending: boolean; failure: { message: string } | null };
  again: () => void;
}

function NotCounted({ preview: { pending, failure }, again }: NotCountedProps) {
  if (pending) {
    return (
      <div role="status" className="grid gap-2">
        <span className="sr-only">Counting what it would let go</span>
        <Skeleton className="h-5 w-full" />
        <Skeleton className="h-5 w-4/5" />
        <Skeleton className="h-5 w-full" />
      </div>
    );
  }
  return (
    <Callout
      kind="error"
      title="What it would let go is not known"
      actions={
        <Button size="sm" onClick={again}>
          Count again
        </Button>
      }
    >
      {failure?.message ?? 'The server did not answer as it should.'}
    </Callout>
  );
}
