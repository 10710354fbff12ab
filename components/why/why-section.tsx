import type { WhyLogs } from '@/lib/why/why-logs';
import type { WhySubmission } from '@/lib/why/why-submission';
import { TextLink } from '../ui/text-link';
import { StandingHolds } from './standing-holds';
import { WhyFrame, type WhyFrameProps } from './why-frame';

interface WhySectionProps {
  why: WhySubmission;
  /** The address of the page, whose parameter 'at' asks for another day. */
  pathname: string;
  /** The day in the address; undefined: now. */
  day: string | undefined;
  /** Why that day was not taken; the answer is then that of now. */
  refused: string | null;
  /** Whether the reader may look at runs. */
  mayReadRuns: boolean;
  zone: string;
  now: Date;
}

/** Why the files stay, may go or went, at any date: the answer first, then the rules, then what would change it (B1). */
export function WhySection({ why, mayReadRuns, now, ...frame }: WhySectionProps) {
  const rules = why.explanation?.rules ?? [];
  return (
    <WhyFrame
      why={why}
      more={mayReadRuns ? <Runs ids={why.deletion?.runIds ?? []} /> : null}
      keeping={rules.filter(({ kind }) => kind === 'keeps')}
      dates={rules.filter(({ kind }) => kind === 'date')}
      {...frame}
    >
      <StandingHolds holds={why.holds} zone={frame.zone} now={now} />
    </WhyFrame>
  );
}

/** The same for the logs of workers. */
export function WhyLogsSection({
  why,
  ...frame
}: Omit<WhyFrameProps, 'why' | 'keeping' | 'dates'> & { why: WhyLogs }) {
  return <WhyFrame why={why} keeping={why.explanation.rules} dates={why.explanation.dates} {...frame} />;
}

function Runs({ ids }: { ids: readonly string[] }) {
  return ids.map((id) => (
    <p key={id}>
      <TextLink href={`/cleanup/runs/${id}`}>The run with its receipts</TextLink>
    </p>
  ));
}
