'use client';

import { type FormEvent, useState } from 'react';
import type { Role } from '@/lib/people/actor';
import type { ActionResult } from '@/lib/platform/action-result';
import { useAction } from '../forms/use-action';
import { Button } from '../ui/button';
import { Callout } from '../ui/callout';
import { Dialog, DialogClose, DialogContent, DialogFooter, DialogTrigger } from '../ui/dialog';
import { Field } from '../ui/field';
import { Select } from '../ui/select';
import { Textarea } from '../ui/textarea';
import { toast } from '../ui/toaster';
import { ROLES, roleLabel, roleMeaning } from './role-words';

export type UpdatePerson = (input: {
  username: string;
  role?: Role;
  disabled?: boolean;
  reason?: string;
}) => Promise<ActionResult<{ role: Role; disabled: boolean; changed: boolean }>>;

interface EditPersonDialogProps {
  person: { username: string; displayName: string; role: Role; disabled: boolean };
  isSelf: boolean;
  update: UpdatePerson;
}

/** Gives somebody another role, or closes or opens the account. */
export function EditPersonDialog({ person, isSelf, update }: EditPersonDialogProps) {
  const { username, displayName } = person;
  const [open, setOpen] = useState(false);
  const [role, setRole] = useState<Role>(person.role);
  const { run, pending, failure, reset } = useAction(update, (now) => {
    setOpen(false);
    toast.success(
      now.changed
        ? `${displayName} is ${now.disabled ? 'disabled' : `an active ${roleLabel(now.role).toLowerCase()}`} now.`
        : 'Nothing was changed: it was so already.',
    );
  });

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const account = form.get('account');
    run({
      username,
      role,
      ...(account !== null && { disabled: account === 'disabled' }),
      reason: String(form.get('reason') ?? ''),
    });
  }

  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        setRole(person.role);
        reset();
      }}
    >
      <DialogTrigger asChild>
        <Button size="sm" aria-label={`Change ${displayName}`}>
          Change
        </Button>
      </DialogTrigger>
      <DialogContent
        title={`Change ${displayName}`}
        description="It counts from the person’s next request on."
      >
        <form onSubmit={submit} className="grid gap-4">
          {failure ? (
            <Callout kind="error" title="This was not done">
              {failure.message}
            </Callout>
          ) : null}
          <Field label="Role" hint={roleMeaning(role)}>
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
          {isSelf ? (
            <p className="text-muted-foreground">
              This is your own account, so you cannot disable it: another admin can.
            </p>
          ) : (
            <Field label="Account" hint="People are never removed, so that history keeps their names.">
              {(control) => (
                <Select
                  {...control}
                  name="account"
                  defaultValue={person.disabled ? 'disabled' : 'active'}
                  options={[
                    { value: 'active', label: 'Active' },
                    { value: 'disabled', label: 'Disabled' },
                  ]}
                />
              )}
            </Field>
          )}
          <Field label="Reason" required={false} hint="It is kept in the audit log.">
            {(control) => <Textarea {...control} name="reason" maxLength={2000} rows={2} />}
          </Field>
          <DialogFooter>
            <DialogClose asChild>
              <Button>Cancel</Button>
            </DialogClose>
            <Button type="submit" variant="primary" loading={pending}>
              Save
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
