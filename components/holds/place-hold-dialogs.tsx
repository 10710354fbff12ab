'use client';

import { useState } from 'react';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Select } from '../ui/select';
import type { PlaceHold, WantedTarget } from './hold-actions';
import { HoldDialog } from './hold-dialog';

interface PlaceHoldDialogProps {
  challengeId: number;
  phases: readonly { id: number; name: string }[];
  place: PlaceHold;
}

/** On a challenge or one of its phases. */
export function PlaceHoldDialog({ challengeId, phases, place }: PlaceHoldDialogProps) {
  const options = [
    { value: '', label: 'The whole challenge' },
    ...phases.map(({ id, name }) => ({ value: String(id), label: `Phase ${name}` })),
  ];
  return (
    <HoldDialog
      trigger={<Button size="sm">Place a hold</Button>}
      place={place}
      targetOf={(form) => {
        const phase = form.get('target');
        return phase ? { phaseId: Number(phase) } : { challengeId };
      }}
    >
      {(problem) => (
        <Field label="On" error={problem}>
          {(control) => <Select {...control} name="target" options={options} />}
        </Field>
      )}
    </HoldDialog>
  );
}

interface PlaceHoldOnDialogProps {
  target: WantedTarget;
  /** What that is, such as 'submission #12'. */
  on: string;
  /** In a row of a table the button is short, for the row says what is meant. */
  inRow?: boolean;
  place: PlaceHold;
}

/** On one thing that is settled. */
export function PlaceHoldOnDialog({ target, on, inRow = false, place }: PlaceHoldOnDialogProps) {
  const trigger = inRow ? (
    <Button size="sm" variant="ghost" aria-label={`Hold… ${on}`}>
      Hold…
    </Button>
  ) : (
    <Button>Place a hold</Button>
  );
  return <HoldDialog trigger={trigger} on={on} place={place} targetOf={() => target} />;
}

const KINDS = [
  { value: 'challengeId', label: 'Challenge' },
  { value: 'phaseId', label: 'Phase' },
  { value: 'submissionId', label: 'Submission' },
] as const;
type Kind = (typeof KINDS)[number]['value'];

/** On anything that has an id, wherever one comes from. */
export function PlaceAnyHoldDialog({ place }: { place: PlaceHold }) {
  const [kind, setKind] = useState<Kind>('challengeId');
  return (
    <HoldDialog
      trigger={<Button variant="primary">Place a hold</Button>}
      place={place}
      targetOf={(form) => {
        const text = String(form.get('id') ?? '').trim();
        if (!/^#?\d+$/.test(text)) return `“${text}” is no id: give a whole number, such as 7.`;
        return targetOf(kind, Number(text.replace('#', '')));
      }}
    >
      {(problem) => (
        <div className="grid grid-cols-[2fr_3fr] items-start gap-3">
          <Field label="On a">
            {(control) => (
              <Select
                {...control}
                options={KINDS}
                value={kind}
                onChange={(event) =>
                  setKind(KINDS.find(({ value }) => value === event.target.value)?.value ?? kind)
                }
              />
            )}
          </Field>
          <Field label="Its id" required error={problem}>
            {(control) => (
              <Input {...control} name="id" inputMode="numeric" maxLength={17} autoComplete="off" />
            )}
          </Field>
        </div>
      )}
    </HoldDialog>
  );
}

function targetOf(kind: Kind, id: number): WantedTarget {
  if (kind === 'challengeId') return { challengeId: id };
  return kind === 'phaseId' ? { phaseId: id } : { submissionId: id };
}
