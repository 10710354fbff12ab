'use client';

import { type FormEvent, useState } from 'react';
import type { LimitsPreview } from '@/lib/audit/limits/preview-limits';
import type { StreamLimits } from '@/lib/audit/limits/stream-limits';
import { formatDate } from '@/lib/platform/format-time';
import { useAction } from '../forms/use-action';
import { Button } from '../ui/button';
import { Callout } from '../ui/callout';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Textarea } from '../ui/textarea';
import { toast } from '../ui/toaster';
import { LIMIT_FIELDS, limitsOfForm, type TypedLimits, typedLimits } from './limit-fields';
import { LimitsOutcome } from './limits-outcome';
import type { PreviewLimits, SetLimits } from './stream-actions';

interface LimitsFormProps {
  stream: string;
  /** What the form begins with. */
  initial: StreamLimits;
  /** The stream has none yet, so these are only proposed. */
  isNew: boolean;
  preview: PreviewLimits;
  set: SetLimits;
  zone: string;
}

/** The six limits of a stream: tried out first, then set, with a reason. */
export function LimitsForm({ stream, initial, isNew, preview: tryOut, set, zone }: LimitsFormProps) {
  const [typed, setTyped] = useState<TypedLimits>(typedLimits(initial));
  const [shown, setShown] = useState<LimitsPreview | null>(null);
  const [reason, setReason] = useState('');
  const preview = useAction(tryOut, setShown);
  const change = useAction(set, ({ pending }) => {
    toast.success(
      pending ? `The limits are scheduled for ${formatDate(pending.from, zone)}.` : 'The limits are set.',
    );
  });
  const failure = change.failure ?? preview.failure;
  const fields = failure?.fields ?? {};
  const isElsewhere = failure !== null && Object.keys(fields).length === 0;

  function edit(name: keyof StreamLimits, value: string) {
    setTyped({ ...typed, [name]: value });
    // What was shown belongs to other limits.
    setShown(null);
    preview.reset();
    change.reset();
  }

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const limits = limitsOfForm(typed);
    if (shown === null) preview.run({ stream, limits });
    else change.run({ stream, limits, reason });
  }

  return (
    <form onSubmit={submit} className="grid gap-5" noValidate>
      {isNew ? (
        <p className="max-w-prose text-muted-foreground">
          Nobody has set any. These are proposed; see what they would remove before you set them.
        </p>
      ) : null}
      <div className="grid items-start gap-x-6 gap-y-4 sm:grid-cols-2 lg:grid-cols-3">
        {LIMIT_FIELDS.map(({ name, label, hint, isNumber }) => (
          <Field key={name} label={label} required hint={hint(typed)} error={fields[`limits.${name}`]}>
            {(control) => (
              <Input
                {...control}
                name={name}
                inputMode={isNumber ? 'numeric' : 'text'}
                autoComplete="off"
                value={typed[name]}
                onChange={(event) => edit(name, event.currentTarget.value)}
              />
            )}
          </Field>
        ))}
      </div>
      {isElsewhere ? (
        <Callout kind="error" title={shown === null ? 'This cannot be tried out' : 'The limits are not set'}>
          {failure.message}
        </Callout>
      ) : null}
      {shown === null ? (
        <div>
          <Button type="submit" variant="primary" loading={preview.pending}>
            See what they would remove
          </Button>
        </div>
      ) : (
        <>
          <LimitsOutcome shown={shown} zone={zone} />
          <Field
            label="Reason"
            required
            hint="It goes into the audit log."
            error={fields.reason}
            className="max-w-prose"
          >
            {(control) => (
              <Textarea
                {...control}
                name="reason"
                maxLength={2000}
                value={reason}
                onChange={(event) => setReason(event.currentTarget.value)}
              />
            )}
          </Field>
          <div className="flex flex-wrap gap-2">
            <Button
              onClick={() => {
                setShown(null);
                change.reset();
              }}
            >
              Change them again
            </Button>
            <Button type="submit" variant="primary" loading={change.pending}>
              {shown.from === null ? 'Set the limits' : 'Schedule the limits'}
            </Button>
          </div>
        </>
      )}
    </form>
  );
}
