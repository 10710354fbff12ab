'use client';

import { useRouter } from 'next/navigation';
import { startTransition, useEffect, useState } from 'react';
import { Button } from '../ui/button';
import { ErrorState } from '../ui/error-state';

export interface FailureProps {
  error: Error & { digest?: string };
  reset: () => void;
}

/**
 * A page that could not be made. The server keeps the cause to itself, so this asks the health check whether the database
 * is the reason, and says so.
 */
export function Failure({ error, reset }: FailureProps) {
  const router = useRouter();
  const databaseIsDown = useDatabaseIsDown();
  const retry = () =>
    startTransition(() => {
      router.refresh();
      reset();
    });
  return (
    <ErrorState
      title={databaseIsDown ? 'The database cannot be reached' : 'Something went wrong'}
      digest={error.digest}
      actions={
        <Button variant="primary" onClick={retry}>
          Try again
        </Button>
      }
    >
      {databaseIsDown
        ? 'Nothing can be shown or changed until it answers again. Nothing is lost, and nothing is deleted meanwhile.'
        : 'This page could not be made. What you did before is kept; the cause is in the log of the server.'}
    </ErrorState>
  );
}

function useDatabaseIsDown(): boolean {
  const [down, setDown] = useState(false);
  useEffect(() => {
    const abort = new AbortController();
    fetch('/api/health', { signal: abort.signal, cache: 'no-store' }).then(
      (response) => setDown(response.status === 503),
      // No answer at all: the server is gone, and 'something went wrong' is all that is known.
      () => {},
    );
    return () => abort.abort();
  }, []);
  return down;
}
