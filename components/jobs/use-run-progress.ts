'use client';

import { useQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useEffect, useRef } from 'react';
import type { RunProgress } from '@/lib/jobs/run-progress';

const EVERY_MS = 1000;
/** How often the rest of the page follows while a run makes progress. */
const PAGE_EVERY_MS = 5000;

export const isOpen = (run: RunProgress): boolean => run.state === 'queued' || run.state === 'running';

/**
 * What is known of a run: what was asked last, or what the page says once it knows the end. Nobody asks any more then, and
 * what was asked a moment before the end would stand for ever.
 */
export const latestOf = (page: RunProgress, asked: RunProgress): RunProgress => (isOpen(page) ? asked : page);

/**
 * Follows a run, once a second until it has ended. The server makes the rest of the page anew when the state changes, and
 * now and then while more gets done.
 */
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
  const done = data.progress?.done ?? 0;
  const shown = useRef({ state: initial.state, done: initial.progress?.done ?? 0, at: 0 });
  useEffect(() => {
    const { state, done: before, at } = shown.current;
    const mayFollow = done !== before && Date.now() - at >= PAGE_EVERY_MS;
    if (data.state === state && !mayFollow) return;
    shown.current = { state: data.state, done, at: Date.now() };
    router.refresh();
  }, [data.state, done, router]);
  const run = latestOf(initial, data);
  return { run, problem: error && isOpen(run) ? error.message : null };
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
