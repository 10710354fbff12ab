import { EmptyState } from '../ui/empty-state';
import { RUNS_AT } from './schedule-words';

export const NO_RUNS = (
  <EmptyState title="No run yet">
    Nothing anonymous was ever deleted. The schedule runs every day at {RUNS_AT}; while PUBLIC_MODE is off it
    skips, and says so here.
  </EmptyState>
);
