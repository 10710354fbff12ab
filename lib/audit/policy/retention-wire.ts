import { z } from 'zod';
import { invalid, LapseError } from '@/lib/platform/errors';
import { parse } from '@/lib/platform/parse';
import type { BudgetForecast, SizeForecast } from '../size/forecast';
import type { ChangedRetention } from './change-retention';
import type { Moved, Moves } from './moves';
import type { ChangedField } from './plan-change';
import { PRESETS } from './presets';
import type { ShownRetention } from './show-retention';
import type { Simulation } from './simulate';
import { type PolicyChanges, type PolicyField, PRESET_NAMES, type TierPolicy } from './tier-policy';

/*
 * The retention of the audit log as the REST API and `--json` say it. Instants are ISO 8601 in UTC, days are UTC, and a null
 * of cold_days means for good.
 */

const NAMES = {
  archive: 'archive',
  hotDays: 'hot_days',
  warmDays: 'warm_days',
  coldDays: 'cold_days',
  retentionDays: 'retention_days',
  maxDeletedPerActivation: 'max_deleted_per_activation',
  periodSeconds: 'period_secs',
  dropPartitions: 'drop_partitions',
  presets: 'presets',
} as const satisfies Record<PolicyField, string>;

const FIELDS = Object.keys(NAMES) as PolicyField[];

const policyDocument = (policy: TierPolicy) =>
  Object.fromEntries(FIELDS.map((field) => [NAMES[field], policy[field]]));

export function retentionDocument({ inForce, pending, fixed, problem, problems, changed }: ShownRetention) {
  return {
    in_force: policyDocument(inForce),
    pending: pending && {
      policy: policyDocument(pending.policy),
      from: pending.from,
      by: pending.byName,
      words: pending.words,
    },
    fixed_by_environment: Object.fromEntries(
      FIELDS.flatMap((field) => (fixed[field] ? [[NAMES[field], fixed[field]]] : [])),
    ),
    problem,
    problems: problems.map(({ field, message }) => ({ field: NAMES[field], message })),
    changed_at: changed?.at ?? null,
    changed_by: changed?.byName ?? null,
    presets: PRESET_NAMES.map((name) => {
      const { title, source, reading, keptDays, atOnceDays } = PRESETS[name];
      return { name, title, source, reading, kept_days: keptDays, at_once_days: atOnceDays };
    }),
  };
}

export function simulationDocument(simulation: Simulation) {
  const { before, after, changed, moves, heldStreams, forecast, shown } = simulation;
  return {
    before: policyDocument(before),
    at_once: policyDocument(after.inForce),
    pending: pendingDocument(after),
    changed: changed.map(changedDocument),
    moves: moves.map(movesDocument),
    streams_with_hold: heldStreams,
    forecast: {
      before: forecast.before && forecastDocument(forecast.before),
      after: forecast.after && forecastDocument(forecast.after),
    },
    shown,
  };
}

export const changedRetentionDocument = ({ inForce, pending, changed }: ChangedRetention) => ({
  in_force: policyDocument(inForce),
  pending: pendingDocument({ pending }),
  changed: changed.map(changedDocument),
});

const pendingDocument = ({ pending }: Pick<ChangedRetention, 'pending'>) =>
  pending && { policy: policyDocument(pending.policy), from: pending.from };

const changedDocument = ({ field, before, after, from }: ChangedField) => ({
  field: NAMES[field],
  before,
  after,
  from,
});

const movesDocument = ({ at, toArchives, gone, waiting, toCold, expired }: Moves) => ({
  at,
  to_archives: movedDocument(toArchives),
  gone: movedDocument(gone),
  waiting: movedDocument(waiting),
  to_cold: movedDocument(toCold),
  expired: movedDocument(expired),
});

const movedDocument = ({ events, bytes, days, dayCount }: Moved) => ({
  events,
  bytes,
  days,
  day_count: dayCount,
});

function forecastDocument({ hot, warm, archives, hotBudget, archiveBudget }: SizeForecast) {
  const budget = (one: BudgetForecast | null) => one && { budget: one.budget, state: one.state, at: one.at };
  return { hot, warm, archives, hot_warning: budget(hotBudget), archive_warning: budget(archiveBudget) };
}

const change = z.strictObject({
  ...(Object.fromEntries(Object.values(NAMES).map((name) => [name, z.unknown()])) as Record<
    string,
    z.ZodUnknown
  >),
  reason: z.unknown(),
  shown: z.unknown(),
});

/** What `changeRetention` takes, from a body: only what is given is changed. Throws 'invalid' for unknown names. */
export function changeOfWire(body: unknown): { changes: PolicyChanges; reason: string; shown?: string } {
  const given = parse(change.partial(), body ?? {}) as Record<string, unknown>;
  const changes = Object.fromEntries(
    FIELDS.flatMap((field) => (given[NAMES[field]] === undefined ? [] : [[field, given[NAMES[field]]]])),
  );
  const { reason, shown } = given;
  // The verb says itself what is wrong with a value.
  return { changes, reason, ...(shown === undefined ? {} : { shown }) } as ReturnType<typeof changeOfWire>;
}

const cancelling = z.strictObject({ reason: z.unknown() }).partial();

export const cancelOfWire = (body: unknown) => parse(cancelling, body ?? {}) as { reason: string };

/** Does `work`, whose refusals name the fields as the API does. */
export async function inWireNames<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LapseError) || !error.fields) throw error;
    const fields = Object.entries(error.fields).map(([path, message]) => [wireName(path), message] as const);
    throw invalid(
      fields.map(([name, message]) => `${name}: ${message}`).join('; '),
      Object.fromEntries(fields),
    );
  }
}

function wireName(path: string): string {
  const [first = '', ...rest] = path.replace(/^changes\./, '').split('.');
  const known = Object.hasOwn(NAMES, first) ? NAMES[first as PolicyField] : first;
  return [known, ...rest].join('.');
}
