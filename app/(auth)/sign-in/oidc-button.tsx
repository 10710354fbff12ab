'use client';

import { signIn } from 'next-auth/react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';

export function OidcButton({ name, callbackUrl }: { name: string; callbackUrl: string }) {
  const [leaving, setLeaving] = useState(false);
  function start() {
    setLeaving(true);
    void signIn('oidc', { callbackUrl });
  }
  return (
    <div className="grid gap-4">
      <p className="flex items-center gap-3 text-xs text-muted-foreground before:h-px before:flex-1 before:bg-border after:h-px after:flex-1 after:bg-border">
        or
      </p>
      <Button onClick={start} loading={leaving}>
        Sign in with {name}
      </Button>
    </div>
  );
}
