import type { StreamLimits } from '@/lib/audit/limits/stream-limits';
import { formatBytes } from '@/lib/platform/format';

/** The limits as they stand in the fields of the form. */
export type TypedLimits = Record<keyof StreamLimits, string>;

interface LimitField {
  name: keyof StreamLimits;
  label: string;
  isNumber: boolean;
  hint: (typed: TypedLimits) => string;
}

/** In the order of the form. */
export const LIMIT_FIELDS: readonly LimitField[] = [
  {
    name: 'retentionPeriod',
    label: 'Retention period',
    isNumber: false,
    hint: () => 'What is older goes, such as 168h or 30m.',
  },
  { name: 'maxEntries', label: 'Events', isNumber: true, hint: () => 'As many stay, the newest.' },
  {
    name: 'maxSizeBytes',
    label: 'Size in bytes',
    isNumber: true,
    hint: ({ maxSizeBytes }) => {
      const bytes = numberOf(maxSizeBytes);
      return `Of the events as they are sealed${Number.isSafeInteger(bytes) && bytes >= 0 ? `: ${formatBytes(bytes)}` : ''}.`;
    },
  },
  {
    name: 'emergencyThresholdPercent',
    label: 'Emergency threshold in percent',
    isNumber: true,
    hint: () => 'Of that size. Beyond it an append is followed by a cleanup at once, which ends below it.',
  },
  {
    name: 'cleanupInterval',
    label: 'Cleanup interval',
    isNumber: false,
    hint: () => 'How long after a cleanup the job leaves the stream alone, 10m or more.',
  },
  {
    name: 'cleanupBatchSize',
    label: 'Events of one statement',
    isNumber: true,
    hint: () => 'How many a cleanup deletes at once; others see all of it or nothing.',
  },
];

export const typedLimits = (limits: StreamLimits): TypedLimits =>
  Object.fromEntries(Object.entries(limits).map(([name, value]) => [name, String(value)])) as TypedLimits;

/** What is no number stays the text that it is, so that the answer can say what was typed. */
export function limitsOfForm(typed: TypedLimits): StreamLimits {
  const limits = LIMIT_FIELDS.map(({ name, isNumber }) => {
    const number = numberOf(typed[name]);
    return [name, isNumber && !Number.isNaN(number) ? number : typed[name].trim()];
  });
  return Object.fromEntries(limits) as StreamLimits;
}

/** Commas of thousands may be typed; NaN for what is no number as people write it, so that neither '1e3' nor '0x10' is one. */
const numberOf = (typed: string): number =>
  /^-?\d[\d,]*(\.\d+)?$/.test(typed.trim()) ? Number(typed.replaceAll(',', '')) : Number.NaN;
