import { EmptyState } from '../ui/empty-state';

export const NO_RUNS = (
  <EmptyState title="No run yet">
    Nothing anonymous was ever deleted. The schedule runs every day at 03:00 UTC; while PUBLIC_MODE is off it
    skips, and says so here.
  </EmptyState>
);
