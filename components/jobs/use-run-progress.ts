'use client';

import { useQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useEffect, useRef } from 'react';
import type { RunProgress } from '@/lib/jobs/run-progress';

const EVERY_MS = 1000;

export const isOpen = (run: RunProgress): boolean => run.state === 'queued' || run.state === 'running';

/** Follows a run, once a second until it has ended; whenever its state changes the page is made anew by the server. */
export function useRunProgress(initial: RunProgress): { run: RunProgress; problem: string | null } {
  const router = useRouter();
  const { data, error } = useQuery<RunProgress>({
    queryKey: ['run', initial.id],
    queryFn: ({ signal }) => fetchRun(initial.id, signal),
    initialData: initial,
    enabled: isOpen(initial),
    refetchInterval: ({ state }) => (state.data && isOpen(state.data) ? EVERY_MS : false),
    // The next second brings the next try.
    retry: false,
  });
  const shown = useRef(initial.state);
  useEffect(() => {
    if (data.state === shown.current) return;
    shown.current = data.state;
    router.refresh();
  }, [data.state, router]);
  return { run: data, problem: error ? error.message : null };
}

async function fetchRun(id: string, signal: AbortSignal): Promise<RunProgress> {
  let response: Response;
  try {
    response = await fetch(`/api/v1/runs/${id}`, { signal, cache: 'no-store' });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Error(
      'The server cannot be reached. The run goes on without this page; it is asked again every second.',
    );
  }
  if (response.status === 401)
    throw new Error('Your session has ended. Sign in again to see how far the run is.');
  if (!response.ok)
    throw new Error('The server did not say how far the run is. It is asked again every second.');
  return (await response.json()) as RunProgress;
}
