'use client';

import { useId, useRef, useState } from 'react';
import { Dialog } from '../ui/dialog';
import { Switch } from '../ui/switch';
import type { DecideConsent } from './consent-decision';
import { ConsentDialog } from './consent-dialog';

interface ConsentSwitchProps {
  challengeId: number;
  given: boolean;
  /** What the dialog shows, as `consentImpact` made it. Null for those who may not decide. */
  shownText: string | null;
  /** Why the switch cannot be turned; null for those who may. */
  whyNot: string | null;
  decide: DecideConsent;
}

/** One switch for both directions: it opens the dialog, and turns when the decision is made (E7, E23). */
export function ConsentSwitch({ challengeId, given, shownText, whyNot, decide }: ConsentSwitchProps) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const control = useRef<HTMLButtonElement>(null);
  const mayDecide = whyNot === null && shownText !== null;
  return (
    <>
      <div className="flex items-start gap-3">
        <Switch
          id={id}
          ref={control}
          checked={given}
          // Not disabled for the eye only: those who may not decide find it by keyboard too, and hear why.
          aria-disabled={!mayDecide || undefined}
          aria-describedby={`${id}-state${mayDecide ? '' : ` ${id}-why`}`}
          onCheckedChange={() => mayDecide && setOpen(true)}
          className="mt-0.5 aria-disabled:cursor-not-allowed aria-disabled:opacity-60"
        />
        <div className="grid gap-0.5">
          <label htmlFor={id} className="font-medium">
            Consent to deletion
          </label>
          <p id={`${id}-state`} className="text-muted-foreground">
            {given
              ? 'On: the files are deleted when their time has come.'
              : 'Off: nothing of this challenge is deleted.'}
          </p>
          {whyNot ? (
            <p id={`${id}-why`} className="text-muted-foreground">
              {whyNot}
            </p>
          ) : null}
        </div>
      </div>
      <Dialog open={open} onOpenChange={setOpen}>
        {open && shownText !== null ? (
          <ConsentDialog
            challengeId={challengeId}
            given={given}
            shownText={shownText}
            decide={decide}
            onDone={() => setOpen(false)}
            returnFocus={() => control.current?.focus()}
          />
        ) : null}
      </Dialog>
    </>
  );
}
