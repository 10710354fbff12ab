'use client';

import { useActionState } from 'react';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { signInAction } from '../actions';

/** A plain form with a server action, so that it works before and without JavaScript. */
export function SignInForm({ callbackUrl }: { callbackUrl: string }) {
  const [result, action, pending] = useActionState(signInAction, { error: null, username: '' });
  return (
    <form action={action} className="grid gap-4">
      {result.error ? <Callout kind="error">{result.error}</Callout> : null}
      <input type="hidden" name="callbackUrl" value={callbackUrl} />
      <Field label="User name" required>
        {(control) => (
          <Input
            {...control}
            key={result.username}
            name="username"
            defaultValue={result.username}
            autoComplete="username"
            autoCapitalize="none"
            autoCorrect="off"
            spellCheck={false}
            maxLength={254}
            autoFocus
          />
        )}
      </Field>
      <Field label="Password" required>
        {(control) => (
          <Input
            {...control}
            name="password"
            type="password"
            autoComplete="current-password"
            maxLength={1024}
          />
        )}
      </Field>
      <Button type="submit" variant="primary" loading={pending}>
        Sign in
      </Button>
    </form>
  );
}
