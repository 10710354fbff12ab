'use client';

import { Button } from '../ui/button';
import { Callout } from '../ui/callout';
import { CopyButton } from '../ui/copy-button';
import { DialogClose, DialogFooter } from '../ui/dialog';

export interface ShownToken {
  secret: string;
  waitsFor: { username: string; displayName: string } | null;
}

/** A token on the only screen that ever shows it. */
export function NewToken({ token: { secret, waitsFor } }: { token: ShownToken }) {
  const example = `curl -H 'Authorization: Bearer ${secret}' ${window.location.origin}/api/challenges/1/retention-consent-status/`;
  return (
    <div className="grid min-w-0 gap-4">
      <div className="flex min-w-0 items-start justify-between gap-2 rounded-md border bg-background px-3 py-2">
        <code className="min-w-0 font-mono text-[0.8125rem] break-all" data-testid="token">
          {secret}
        </code>
        <CopyButton value={secret} label="token" />
      </div>
      <Callout kind="warning" role="note" title="Whoever has it can do what it may do">
        Keep it where you keep passwords. If it is lost or seen by others, revoke it and make another.
      </Callout>
      {waitsFor ? (
        <p>
          {waitsFor.displayName} has to accept it on the page “Your account”. Until then it decides nothing.
        </p>
      ) : null}
      <div className="grid gap-1">
        <p className="text-muted-foreground">For example:</p>
        <pre className="rounded-md border bg-background p-3 text-xs break-all whitespace-pre-wrap">
          <code>{example}</code>
        </pre>
      </div>
      <DialogFooter>
        <DialogClose asChild>
          <Button variant="primary">I have copied it</Button>
        </DialogClose>
      </DialogFooter>
    </div>
  );
}
