'use client';

import { type FormEvent, useId, useState } from 'react';
import type { ActionResult } from '@/lib/platform/action-result';
import { SCOPE_NAMES, SCOPES, type Scope } from '@/lib/tokens/scopes';
import { useAction } from '../forms/use-action';
import { Button } from '../ui/button';
import { Callout } from '../ui/callout';
import { Checkbox } from '../ui/checkbox';
import { Dialog, DialogClose, DialogContent, DialogFooter, DialogTrigger } from '../ui/dialog';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { NewToken, type ShownToken } from './new-token';

export type CreateToken = (input: {
  name: string;
  scopes: Scope[];
  days: number;
  actsFor?: string;
}) => Promise<ActionResult<ShownToken>>;

const DEFAULT_DAYS = '90';

/** Makes a token, and then shows it this once. */
export function CreateTokenDialog({ create }: { create: CreateToken }) {
  const [open, setOpen] = useState(false);
  const [made, setMade] = useState<ShownToken | null>(null);
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        // What was shown once is not kept for a second look.
        setMade(null);
      }}
    >
      <DialogTrigger asChild>
        <Button variant="primary">Make a token</Button>
      </DialogTrigger>
      <DialogContent
        title={made ? 'Copy the token now' : 'Make an API token'}
        description={
          made
            ? 'It is shown this once: Lapse keeps only a hash of it.'
            : 'A machine signs in with it, and may do what its scopes say and nothing else.'
        }
        // A slip outside the dialog would lose what cannot be shown again.
        onInteractOutside={(event) => {
          if (made) event.preventDefault();
        }}
      >
        {made ? <NewToken token={made} /> : <CreateTokenForm create={create} onMade={setMade} />}
      </DialogContent>
    </Dialog>
  );
}

interface CreateTokenFormProps {
  create: CreateToken;
  onMade: (token: ShownToken) => void;
}

function CreateTokenForm({ create, onMade }: CreateTokenFormProps) {
  const [scopes, setScopes] = useState<readonly Scope[]>([]);
  const { run, pending, failure } = useAction(create, onMade);
  const [noDays, setNoDays] = useState<string | null>(null);
  const fields = failure?.fields ?? {};
  const isOther = failure !== null && Object.keys(fields).length === 0;
  const decides = scopes.includes('consent:write');
  const id = useId();

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? '').trim();
    const days = Number(text('days') || Number.NaN);
    // What is no number would reach the server as NaN, and its answer could not say what was typed.
    setNoDays(Number.isNaN(days) ? `“${text('days')}” is no number of days: use 1 to 366.` : null);
    if (Number.isNaN(days)) return;
    run({
      name: text('name'),
      scopes: [...scopes],
      days,
      ...(decides && { actsFor: text('actsFor') }),
    });
  }

  return (
    <form onSubmit={submit} className="grid gap-4" noValidate>
      {isOther ? (
        <Callout kind="error" title="No token was made">
          {failure.message}
        </Callout>
      ) : null}
      <Field label="Name" required hint="What it is for, such as “EvalAI production”." error={fields.name}>
        {(control) => <Input {...control} name="name" maxLength={100} autoComplete="off" />}
      </Field>
      <fieldset className="grid gap-3" aria-describedby={fields.scopes ? `${id}-scopes` : undefined}>
        <legend className="mb-1.5 text-sm font-medium">Scopes</legend>
        {SCOPE_NAMES.map((scope) => (
          <Checkbox
            key={scope}
            id={`${id}-${scope}`}
            label={
              <>
                {SCOPES[scope].title} <code className="text-xs text-muted-foreground">{scope}</code>
              </>
            }
            hint={SCOPES[scope].help}
            checked={scopes.includes(scope)}
            onChange={(event) =>
              setScopes(event.target.checked ? [...scopes, scope] : scopes.filter((one) => one !== scope))
            }
          />
        ))}
        {fields.scopes ? (
          <p id={`${id}-scopes`} className="text-[0.8125rem] text-tone-red">
            {fields.scopes}
          </p>
        ) : null}
      </fieldset>
      {decides ? (
        <Field
          label="Decides in the name of"
          required
          hint="The user name of a host. The token decides nothing before that host has accepted it on the page “Your account”."
          error={fields.actsFor}
        >
          {(control) => (
            <Input {...control} name="actsFor" maxLength={64} autoComplete="off" autoCapitalize="none" />
          )}
        </Field>
      ) : null}
      <Field label="Expires after" required hint="Whole days, 1 to 366." error={noDays ?? fields.days}>
        {(control) => (
          <Input {...control} name="days" inputMode="numeric" defaultValue={DEFAULT_DAYS} className="w-28" />
        )}
      </Field>
      <DialogFooter>
        <DialogClose asChild>
          <Button>Cancel</Button>
        </DialogClose>
        <Button type="submit" variant="primary" loading={pending}>
          Make the token
        </Button>
      </DialogFooter>
    </form>
  );
}
