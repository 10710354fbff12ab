'use client';

import { type FormEvent, useState } from 'react';
import type { Role } from '@/lib/people/actor';
import type { ActionResult } from '@/lib/platform/action-result';
import { useAction } from '../forms/use-action';
import { Button } from '../ui/button';
import { Callout } from '../ui/callout';
import { Dialog, DialogClose, DialogContent, DialogFooter, DialogTrigger } from '../ui/dialog';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Select } from '../ui/select';
import { toast } from '../ui/toaster';
import { ROLES, roleMeaning } from './role-words';

export type CreatePerson = (input: {
  username: string;
  email: string;
  displayName: string;
  role: Role;
  password?: string;
  timeZone?: string;
}) => Promise<ActionResult<{ username: string }>>;

interface AddPersonDialogProps {
  create: CreatePerson;
  /** Whether single sign-on is set up here. */
  hasSingleSignOn: boolean;
  /** The zone of whoever adds somebody: most likely theirs too. */
  zone: string;
}

/** Adds somebody who signs in by a password or by single sign-on. */
export function AddPersonDialog(props: AddPersonDialogProps) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        <Button variant="primary">Add a person</Button>
      </DialogTrigger>
      <DialogContent
        title="Add a person"
        description="Which challenges a host sees follows from the host teams that the platform sends."
      >
        <AddPersonForm {...props} onDone={() => setOpen(false)} />
      </DialogContent>
    </Dialog>
  );
}

/** Apart from the dialog, so that each opening begins with an empty form. */
function AddPersonForm({
  create,
  hasSingleSignOn,
  zone,
  onDone,
}: AddPersonDialogProps & { onDone: () => void }) {
  const [role, setRole] = useState<Role>('host');
  const [byPassword, setByPassword] = useState(true);
  const canSignIn = byPassword || hasSingleSignOn;
  const { run, pending, failure } = useAction(create, ({ username }) => {
    onDone();
    toast.success(
      canSignIn
        ? `${username} can sign in now.`
        : `${username} is added, and can sign in once single sign-on is set up.`,
    );
  });
  const fields = failure?.fields ?? {};

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? '');
    run({
      username: text('username'),
      email: text('email'),
      displayName: text('displayName'),
      role,
      timeZone: text('timeZone'),
      ...(byPassword && { password: text('password') }),
    });
  }

  return (
    <form onSubmit={submit} className="grid gap-4">
      {failure && Object.keys(fields).length === 0 ? (
        <Callout kind="error" title="Nobody was added">
          {failure.message}
        </Callout>
      ) : null}
      <Field label="Name" required error={fields.displayName}>
        {(control) => <Input {...control} name="displayName" maxLength={200} autoComplete="off" />}
      </Field>
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <Field label="User name" required error={fields.username}>
          {(control) => (
            <Input {...control} name="username" maxLength={64} autoComplete="off" autoCapitalize="none" />
          )}
        </Field>
        <Field label="E-mail" required error={fields.email}>
          {(control) => <Input {...control} name="email" type="email" maxLength={320} autoComplete="off" />}
        </Field>
      </div>
      <Field label="Role" hint={roleMeaning(role)} error={fields.role}>
        {(control) => (
          <Select
            {...control}
            options={ROLES}
            value={role}
            onChange={(event) =>
              setRole(ROLES.find(({ value }) => value === event.target.value)?.value ?? role)
            }
          />
        )}
      </Field>
      <Field
        label="Signs in by"
        {...(!canSignIn && { hint: 'Single sign-on is not set up here: they cannot sign in before it is.' })}
      >
        {(control) => (
          <Select
            {...control}
            options={[
              { value: 'password', label: 'A password' },
              { value: 'oidc', label: 'Single sign-on only' },
            ]}
            value={byPassword ? 'password' : 'oidc'}
            onChange={(event) => setByPassword(event.target.value === 'password')}
          />
        )}
      </Field>
      {byPassword ? (
        <Field
          label="Password"
          required
          hint="At least 12 characters. Hand it over safely."
          error={fields.password}
        >
          {(control) => (
            <Input
              {...control}
              name="password"
              type="password"
              maxLength={1024}
              autoComplete="new-password"
            />
          )}
        </Field>
      ) : null}
      <Field label="Time zone" required hint="An IANA name; times are shown in it." error={fields.timeZone}>
        {(control) => (
          <Input {...control} name="timeZone" defaultValue={zone} maxLength={64} autoComplete="off" />
        )}
      </Field>
      <DialogFooter>
        <DialogClose asChild>
          <Button>Cancel</Button>
        </DialogClose>
        <Button type="submit" variant="primary" loading={pending}>
          Add
        </Button>
      </DialogFooter>
    </form>
  );
}
