import type { Plan } from '@/lib/deletion/source';
import { formatBytes, formatCount, formatNumber } from '@/lib/platform/format';

/** What the plan deletes and what it leaves, in a sentence. */
export function planAnswer(plan: Plan): string {
  const { files, submissions, challenges, heldBackSubmissions: held } = plan;
  const heldBack =
    held === 0
      ? 'Nothing whose date is reached is held back.'
      : `${formatCount(held, 'submission')} whose date is reached ${held === 1 ? 'is' : 'are'} held back.`;
  if (files === 0) return `This plan deletes nothing. ${heldBack}`;
  return `${planVerb(plan)} ${formatCount(files, 'file')} (${sizeOf(plan)}) of ${formatCount(submissions, 'submission')} in ${formatCount(challenges, 'challenge')}. ${heldBack}`;
}

function planVerb({ state }: Plan): string {
  switch (state) {
    case 'ready':
      return 'Nothing is deleted yet. A run of this plan deletes';
    case 'running':
      return 'Its run may delete';
    case 'done':
      return 'Its run could delete';
    case 'expired':
      return 'It expired unused. It named';
  }
}

/** '2.1 GB', or '2.1 GB and 3 files of unknown size'. */
export function sizeOf({ bytes, filesOfUnknownSize: unknown }: Plan): string {
  if (unknown === 0) return formatBytes(bytes);
  return `${formatBytes(bytes)} and ${formatNumber(unknown)} of unknown size`;
}
