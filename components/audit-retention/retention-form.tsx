'use client';

import { type FormEvent, useState } from 'react';
import { raisedToPresets, shortfalls } from '@/lib/audit/policy/presets';
import type { Simulation } from '@/lib/audit/policy/simulate';
import type { PolicyField, TierPolicy } from '@/lib/audit/policy/tier-policy';
import { useAction } from '../forms/use-action';
import { Button } from '../ui/button';
import { Callout } from '../ui/callout';
import { toast } from '../ui/toaster';
import { ConfirmChange } from './confirm-change';
import type { RetentionActions } from './retention-actions';
import { RetentionFields } from './retention-fields';
import { type RetentionValues, readValues, valuesOf } from './retention-values';

interface RetentionFormProps {
  /** What is asked for by now: in force, or scheduled. */
  asked: TierPolicy;
  /** The variable that fixes a field. */
  fixed: Partial<Record<PolicyField, string>>;
  /** Null for those who may look and not change. */
  actions: RetentionActions | null;
  zone: string;
}

/** The retention of the audit log, to be changed in two steps: see what a change would do, and confirm just that. */
export function RetentionForm({ asked, fixed, actions, zone }: RetentionFormProps) {
  const [values, setValues] = useState(() => valuesOf(asked));
  const [simulation, setSimulation] = useState<Simulation | null>(null);
  const look = useAction(actions?.simulate ?? nobody, setSimulation);
  const { changes, target, problems } = readValues(values, asked);
  const isChanged = changes === null || Object.keys(changes).length > 0;

  function edit(next: RetentionValues) {
    setValues(next);
    // What was shown is not what would be confirmed any more.
    setSimulation(null);
    look.reset();
  }

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (changes && Object.keys(problems).length === 0) look.run({ changes });
  }

  const isShort = target !== null && shortfalls(target).length > 0;
  return (
    <div className="grid gap-6">
      <form onSubmit={submit} className="grid gap-6" noValidate>
        <RetentionFields
          values={values}
          fixed={fixed}
          problems={isChanged ? problems : {}}
          readOnly={actions === null}
          onChange={edit}
        />
        {isShort && actions ? (
          <Callout
            kind="warning"
            title="These periods fall short of a chosen rule"
            actions={
              <Button size="sm" onClick={() => edit(valuesOf(raisedToPresets(target)))}>
                Raise them
              </Button>
            }
          >
            The least that the rule asks for is filled in; what that would do is shown before anything
            changes.
          </Callout>
        ) : null}
        {look.failure ? <Callout kind="error">{look.failure.message}</Callout> : null}
        {actions === null ? (
          <p className="text-muted-foreground">Only admins change it.</p>
        ) : (
          <div className="flex flex-wrap gap-2">
            <Button
              type="submit"
              variant={simulation ? 'secondary' : 'primary'}
              loading={look.pending}
              disabled={!isChanged || Object.keys(problems).length > 0}
            >
              Show what this would do
            </Button>
            {isChanged ? <Button onClick={() => edit(valuesOf(asked))}>Discard</Button> : null}
          </div>
        )}
      </form>
      {simulation && changes && actions ? (
        <ConfirmChange
          simulation={simulation}
          changes={changes}
          change={actions.change}
          zone={zone}
          onDone={(scheduled) => {
            setSimulation(null);
            toast.success(
              scheduled
                ? 'Scheduled. Until its day the longer retention holds, and every admin can cancel it.'
                : 'Changed: it holds now.',
            );
          }}
        />
      ) : null}
    </div>
  );
}

/** For those whose form has no button. */
const nobody: RetentionActions['simulate'] = async () => ({
  ok: false,
  message: 'Only admins change it.',
  fields: {},
});
