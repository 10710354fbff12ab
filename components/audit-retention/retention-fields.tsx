import type { ReactNode } from 'react';
import { PRESETS } from '@/lib/audit/policy/presets';
import {
  FIELD_TITLES,
  type PolicyField,
  PRESET_NAMES,
  type PresetName,
} from '@/lib/audit/policy/tier-policy';
import { formatNumber } from '@/lib/platform/format';
import { Checkbox } from '../ui/checkbox';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import type { NumberField, RetentionValues } from './retention-values';

interface RetentionFieldsProps {
  values: RetentionValues;
  fixed: Partial<Record<PolicyField, string>>;
  problems: Partial<Record<PolicyField, string>>;
  readOnly: boolean;
  onChange: (next: RetentionValues) => void;
}

const HINTS: Record<NumberField, string> = {
  hotDays: 'Days in the database.',
  warmDays: 'Days until daily archives become monthly ones.',
  coldDays: 'Days until archives expire, and their events are gone for good.',
  retentionDays: 'Days in the database while archiving is off; then events are gone for good.',
  maxDeletedPerActivation: 'Rows that one activation of the cleanup deletes at the most, the oldest first.',
  periodSeconds: 'Seconds between two activations, in steps of 600: they are begun every ten minutes.',
};

/** The fields of the retention, each with its hint, its error, and what fixes it. */
export function RetentionFields(props: RetentionFieldsProps) {
  const { values, fixed, problems, readOnly, onChange } = props;
  const isFixed = (field: PolicyField) => readOnly || fixed[field] !== undefined;
  return (
    <>
      <Group title="Tiers">
        <NumberInput field="hotDays" {...props} />
        <NumberInput field="warmDays" {...props} />
        <div className="grid min-w-0 content-start gap-2">
          <NumberInput field="coldDays" {...props} isOff={values.forGood} />
          <Checkbox
            id="retention-for-good"
            label="Keep archives for good"
            checked={values.forGood}
            disabled={isFixed('coldDays')}
            onChange={(event) => onChange({ ...values, forGood: event.currentTarget.checked })}
          />
        </div>
      </Group>
      <Group title="Rules to satisfy">
        {PRESET_NAMES.map((name) => (
          <Checkbox
            key={name}
            id={`retention-preset-${name}`}
            label={PRESETS[name].title}
            hint={leastOf(name)}
            checked={values.presets.includes(name)}
            disabled={isFixed('presets')}
            onChange={(event) =>
              onChange({ ...values, presets: withName(values.presets, name, event.currentTarget.checked) })
            }
          />
        ))}
        <FixedBy variable={fixed.presets} />
      </Group>
      <Group title="Without archives">
        <div className="grid min-w-0 content-start gap-1">
          <Checkbox
            id="retention-archive"
            label="Archive events"
            hint="Off: nothing more is archived, and events go for good after the days beside this. What is archived stays until it expires."
            checked={values.archive}
            disabled={isFixed('archive')}
            onChange={(event) => onChange({ ...values, archive: event.currentTarget.checked })}
          />
          <FixedBy variable={fixed.archive} />
        </div>
        <NumberInput field="retentionDays" {...props} />
      </Group>
      <Group title="Cleanup of the database">
        <NumberInput field="maxDeletedPerActivation" {...props} />
        <NumberInput field="periodSeconds" {...props} />
        <div className="grid min-w-0 content-start gap-1">
          <Checkbox
            id="retention-drop"
            label="Drop whole partitions"
            hint="A week of events that is old enough as a whole goes at once, and its space comes back. It takes DATABASE_OWNER_URL."
            checked={values.dropPartitions}
            disabled={isFixed('dropPartitions')}
            onChange={(event) => onChange({ ...values, dropPartitions: event.currentTarget.checked })}
          />
          <FixedBy variable={fixed.dropPartitions} />
        </div>
      </Group>
      {problems.presets ? <p className="text-tone-red">{problems.presets}</p> : null}
    </>
  );
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
      <legend className="mb-3 font-medium">{title}</legend>
      {children}
    </fieldset>
  );
}

function NumberInput({
  field,
  values,
  fixed,
  problems,
  readOnly,
  onChange,
  isOff = false,
}: RetentionFieldsProps & { field: NumberField; isOff?: boolean }) {
  const variable = fixed[field];
  return (
    <Field
      label={FIELD_TITLES[field]}
      className="min-w-0 content-start"
      error={problems[field]}
      hint={
        <span className="wrap-anywhere">
          {HINTS[field]} {variable ? fixedWords(variable) : null}
        </span>
      }
    >
      {(control) => (
        <Input
          {...control}
          name={field}
          inputMode="numeric"
          autoComplete="off"
          disabled={readOnly || variable !== undefined || isOff}
          value={isOff ? '' : values.typed[field]}
          placeholder={isOff ? 'for good' : undefined}
          onChange={(event) =>
            onChange({ ...values, typed: { ...values.typed, [field]: event.currentTarget.value } })
          }
        />
      )}
    </Field>
  );
}

function FixedBy({ variable }: { variable: string | undefined }) {
  return variable ? (
    <p className="text-[0.8125rem] wrap-anywhere text-muted-foreground">{fixedWords(variable)}</p>
  ) : null;
}

const fixedWords = (variable: string): string => `Fixed by ${variable} in the environment.`;

function leastOf(name: PresetName): string {
  const { keptDays, atOnceDays } = PRESETS[name];
  const atOnce = atOnceDays > 0 ? `, ${formatNumber(atOnceDays)} of them hot or warm` : '';
  return `At least ${formatNumber(keptDays)} days${atOnce}.`;
}

const withName = (names: readonly PresetName[], name: PresetName, isChosen: boolean): PresetName[] =>
  isChosen ? [...names, name].sort() : names.filter((one) => one !== name);
