'use client';

import { type FormEvent, useEffect, useRef } from 'react';
import type { Simulation } from '@/lib/audit/policy/simulate';
import type { PolicyChanges } from '@/lib/audit/policy/tier-policy';
import { formatDate } from '@/lib/platform/format-time';
import { useAction } from '../forms/use-action';
import { Button } from '../ui/button';
import { Callout } from '../ui/callout';
import { Field } from '../ui/field';
import { Textarea } from '../ui/textarea';
import type { RetentionActions } from './retention-actions';
import { SimulationFacts } from './simulation-facts';

interface ConfirmChangeProps {
  simulation: Simulation;
  changes: PolicyChanges;
  change: RetentionActions['change'];
  zone: string;
  onDone: (scheduled: boolean) => void;
}

/** What a change would do, and the button that does just that. */
export function ConfirmChange({ simulation, changes, change, zone, onDone }: ConfirmChangeProps) {
  const { run, pending, failure } = useAction(change, (done) => onDone(done.pending !== null));
  const heading = useRef<HTMLHeadingElement>(null);
  const { after, moves, shown } = simulation;
  const isForGood = moves.some(({ gone, expired }) => gone.events + expired.events > 0);

  // It appears below a long form: whoever asked for it is brought there.
  useEffect(() => heading.current?.focus(), []);

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    run({ changes, reason: String(new FormData(event.currentTarget).get('reason') ?? ''), shown });
  }

  return (
    <div className="grid gap-4 border-t pt-6">
      <h3 ref={heading} tabIndex={-1} className="font-semibold focus:outline-none">
        What this would do
      </h3>
      <SimulationFacts simulation={simulation} zone={zone} />
      <form onSubmit={submit} className="grid max-w-xl gap-4" noValidate>
        {failure && failure.fields.reason === undefined ? (
          <Callout kind="error">{failure.message}</Callout>
        ) : null}
        <Field label="Reason" required error={failure?.fields.reason} hint="It goes into the audit log.">
          {(control) => <Textarea {...control} name="reason" maxLength={2000} />}
        </Field>
        <div>
          <Button type="submit" variant={isForGood ? 'danger' : 'primary'} loading={pending}>
            {after.pending
              ? `Schedule for ${formatDate(after.pending.from, zone, 'short')}`
              : 'Change it now'}
          </Button>
        </div>
      </form>
    </div>
  );
}
