import { numberOfQuery } from '../event-wire';
import type { VerificationState } from '../verify/daily-verification';
import type { AuditSize, AuditSizeInput, SizeWindow } from './audit-size';
import type { BudgetForecast, Fill, SizeForecast } from './forecast';
import { bytesOf, type TierSize } from './measure-tiers';
import { allBytes } from './say-size';

/** The size of the audit log with the names of the REST API and of `lapse audit size --json`. */
export function sizeDocument(size: AuditSize, verification: VerificationState): Record<string, unknown> {
  const { at, days, stream, events, tiers, sealBytes, samples, sealedDays, growth, forecast, top } = size;
  return {
    at: at.toISOString(),
    events,
    bytes: allBytes(size),
    seal_bytes: sealBytes,
    tiers: tiers.map(tierDocument),
    days,
    samples: samples.map(({ at: time, ...tier }) => ({ at: time.toISOString(), ...tierDocument(tier) })),
    sealed_days: sealedDays,
    growth: growth && { events_per_day: growth.eventsPerDay, basis: growth.basis, days: growth.days },
    forecast: forecast && forecastDocument(forecast),
    policy_error: size.policyError,
    streams: size.streams.map((one) => ({
      stream: one.stream,
      events: one.events,
      bytes: one.bytes,
      max_entries: one.maxEntries,
      max_size_bytes: one.maxSizeBytes,
      events_per_day: one.eventsPerDay,
      first_limit: one.first,
      reached_at: one.at?.toISOString() ?? null,
    })),
    verification: {
      at: verification.at?.toISOString() ?? null,
      everything_since: verification.everythingSince?.toISOString() ?? null,
      findings: verification.problemCount,
      first_findings: verification.problems,
    },
    top: { stream: stream ?? null, events: top.events, actions: top.actions, actors: top.actors },
  };
}

const tierDocument = (tier: TierSize) => ({
  tier: tier.tier,
  events: tier.events,
  is_estimate: tier.isEstimate,
  bytes: bytesOf(tier),
  table_bytes: tier.tableBytes,
  index_bytes: tier.indexBytes,
  object_bytes: tier.objectBytes,
  oldest: tier.oldest?.toISOString() ?? null,
  newest: tier.newest?.toISOString() ?? null,
});

const forecastDocument = (forecast: SizeForecast) => ({
  hot_bytes_per_day: forecast.hotBytesPerDay,
  archive_bytes_per_day: forecast.archiveBytesPerDay,
  hot: fillDocument(forecast.hot),
  warm: forecast.warm && fillDocument(forecast.warm),
  archives: forecast.archives && fillDocument(forecast.archives),
  hot_budget: forecast.hotBudget && budgetDocument(forecast.hotBudget),
  archive_budget: forecast.archiveBudget && budgetDocument(forecast.archiveBudget),
});

const fillDocument = ({ at, events, bytes }: Fill) => ({ at: at?.toISOString() ?? null, events, bytes });

const budgetDocument = ({ budget, bytes, state, at }: BudgetForecast) => ({
  budget,
  bytes,
  state,
  at: at?.toISOString() ?? null,
});

/** The query of the API as the verb's input; what is no number is left to the verb to refuse by its text. */
export function sizeInputOfQuery({ days, ...others }: Record<string, string>): AuditSizeInput {
  return {
    ...others,
    ...(days !== undefined && { days: numberOfQuery(days) as SizeWindow }),
  };
}
