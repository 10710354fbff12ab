'use client';

import { useActionState, useEffect, useRef } from 'react';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { signInAction } from '../actions';

/** A plain form with a server action, so that it works before and without JavaScript. */
export function SignInForm({ callbackUrl }: { callbackUrl: string }) {
  const [result, action, pending] = useActionState(signInAction, { error: null, username: '' });
  const password = useRef<HTMLInputElement>(null);

  // After a refusal the name stays, so what is typed next is the password.
  useEffect(() => {
    if (result.error && result.username) password.current?.focus();
  }, [result]);

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
            ref={password}
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
