'use client';

import type { RetentionPeriod } from '@/lib/overrides/load-retention-periods';
import { formatCount } from '@/lib/platform/format';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Select } from '../ui/select';
import { Textarea } from '../ui/textarea';

/** What somebody has put into the form so far. */
export interface Wanted {
  kind: 'own' | 'none';
  days: string;
  reason: string;
}

/** The days that are wanted; null: no override; undefined: what was typed is no number. */
export function wantedDays({ kind, days }: Wanted): number | null | undefined {
  if (kind === 'none') return null;
  const text = days.trim();
  return /^-?\d+([.,]\d+)?$/.test(text) ? Number(text.replace(',', '.')) : undefined;
}

interface PeriodFieldsProps {
  period: RetentionPeriod;
  wanted: Wanted;
  onChange: (wanted: Wanted) => void;
  problem: string | undefined;
}

export function PeriodFields({ period, wanted, onChange, problem }: PeriodFieldsProps) {
  const { override, otherwise, min, max } = period;
  return (
    <>
      {override === null ? null : (
        <Field label="Period">
          {(control) => (
            <Select
              {...control}
              value={wanted.kind}
              options={[
                { value: 'own', label: 'A period of its own' },
                { value: 'none', label: `None of its own: back to ${formatCount(otherwise, 'day')}` },
              ]}
              onChange={(event) =>
                onChange({ ...wanted, kind: event.target.value === 'none' ? 'none' : 'own' })
              }
            />
          )}
        </Field>
      )}
      {wanted.kind === 'none' ? null : (
        <Field
          label="Days"
          required
          hint={`Whole days, ${min} to ${max.toLocaleString('en-GB')}.${override === null ? ` ${formatCount(period.days, 'day')} now.` : ` ${override} now.`}`}
          error={problem}
        >
          {(control) => (
            <Input
              {...control}
              inputMode="numeric"
              maxLength={20}
              autoComplete="off"
              value={wanted.days}
              onChange={(event) => onChange({ ...wanted, days: event.target.value })}
            />
          )}
        </Field>
      )}
      <Field label="Reason" required hint="It stands in the audit log, and the hosts read it.">
        {(control) => (
          <Textarea
            {...control}
            maxLength={2000}
            value={wanted.reason}
            onChange={(event) => onChange({ ...wanted, reason: event.target.value })}
          />
        )}
      </Field>
    </>
  );
}
