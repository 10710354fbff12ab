import type { HoldImpact } from '@/lib/holds/hold-impact';
import type { OtherHold } from '@/lib/holds/other-holds';
import { sayRelease } from '@/lib/holds/say-hold-impact';
import { formatCount } from '@/lib/platform/format';

const NAMED = 5;

/** What the release of a hold would let go, when, and what other holds would still keep, in sentences. */
export function ReleaseFacts({ impact, zone }: { impact: HoldImpact; zone: string }) {
  const { count, holds } = impact.others;
  const named = holds.slice(0, NAMED);
  return (
    <ul className="grid list-disc gap-1 pl-5 break-words">
      {sayRelease(impact, zone).map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
      {named.map((hold) => (
        <li key={hold.id}>
          “{hold.matter}”, on {otherTarget(hold)}, keeps {formatCount(hold.submissions, 'submission')} of it.
        </li>
      ))}
      {count > named.length ? (
        <li>{formatCount(count - named.length, 'more hold keeps', 'more holds keep')} some of it.</li>
      ) : null}
    </ul>
  );
}

/** What another hold on the same challenge stands on. */
export function otherTarget({ phaseName, submissionId }: OtherHold): string {
  if (submissionId !== null) return `submission #${submissionId}`;
  return phaseName === null ? 'the whole challenge' : `phase ${phaseName}`;
}
