import type { HistoryFact } from '@/lib/challenges/history-facts';
import { formatCount } from '@/lib/platform/format';
import { formatInstantBoth } from '@/lib/platform/format-time';
import { CHANNELS } from '../consent/consent-words';
import { changeWords } from '../overrides/override-words';
import type { Tone } from '../ui/tone';

export interface SaidFact {
  tone: Tone;
  /** What happened, such as 'Consent given'. */
  title: string;
  /** More of it, in sentences; empty when the title says it all. */
  more: string[];
  /** What somebody wrote with it, in his own words. */
  quote: string | null;
  link: { href: string; label: string; about: string } | null;
}

interface SayOptions {
  challengeId: number;
  zone: string;
  phaseNames: ReadonlyMap<number, string>;
  /** Whether the reader may look at holds, and at runs. */
  readsHolds: boolean;
  readsRuns: boolean;
}

/** An entry of a challenge's history in words, with what the reader may open. */
export function sayFact(fact: HistoryFact, options: SayOptions): SaidFact {
  switch (fact.kind) {
    case 'consent':
      return sayConsent(fact);
    case 'hold-placed':
    case 'hold-released':
      return sayHold(fact, options);
    case 'override-requested':
    case 'override-approved':
    case 'override-announced':
    case 'override-ended':
      return sayOverride(fact, options);
    case 'phase-changed':
      return sayPhase(fact, options);
    case 'postponed':
      return {
        tone: 'neutral',
        title: `Submission #${fact.submissionId} postponed`,
        more: fact.until
          ? [`Its files stay until ${formatInstantBoth(fact.until, options.zone)} at least.`]
          : [],
        quote: fact.reason,
        link: {
          href: `/challenges/${options.challengeId}/submissions/${fact.submissionId}`,
          label: 'Submission',
          about: `#${fact.submissionId}`,
        },
      };
    case 'notice':
      return sayNotice(fact, options);
    case 'log-notice':
      return {
        ...sayMail(fact, `Notice about the logs of ${fact.environment}`),
        more: [`It says that each event is kept for ${formatCount(fact.days, 'day')} at least.`],
        quote: null,
        link: null,
      };
    case 'cleanup':
      return sayCleanup(fact, options);
  }
}

type Of<Kind extends HistoryFact['kind']> = Extract<HistoryFact, { kind: Kind }>;

function sayConsent(fact: Of<'consent'>): SaidFact {
  const given = fact.action === 'given';
  return {
    tone: given ? 'green' : 'neutral',
    title: given ? 'Consent given' : 'Consent withdrawn',
    more: fact.channel === 'browser' ? [] : [`Came by: ${CHANNELS[fact.channel]}.`],
    quote: fact.notes,
    link: {
      href: `/consent-history/${fact.eventId}`,
      label: 'Record',
      about: `of the consent ${fact.action}`,
    },
  };
}

function sayHold(fact: Of<'hold-placed' | 'hold-released'>, { readsHolds }: SayOptions): SaidFact {
  const on =
    fact.submissionId !== null
      ? `submission #${fact.submissionId}`
      : fact.phaseName !== null
        ? `the phase “${fact.phaseName}”`
        : 'the whole challenge';
  const placed = fact.kind === 'hold-placed';
  return {
    tone: 'violet',
    title: `Hold on ${on} ${placed ? 'placed' : 'released'}`,
    more: fact.matter ? [`Matter: ${fact.matter}.`] : [],
    quote: fact.reason,
    link: readsHolds
      ? { href: `/holds/${fact.holdId}`, label: 'Hold', about: `on ${on}, ${placed ? 'placed' : 'released'}` }
      : null,
  };
}

type OverrideFact = Of<'override-requested' | 'override-approved' | 'override-announced' | 'override-ended'>;

const ENDS: Record<OverrideFact['state'], string> = {
  'in-force': 'Retention period changed',
  cancelled: 'Change of the retention period cancelled',
  superseded: 'Change of the retention period replaced by a later one',
  'awaiting-approval': 'Change of the retention period ended',
  scheduled: 'Change of the retention period ended',
};

function sayOverride(fact: OverrideFact, { zone }: SayOptions): SaidFact {
  const title = {
    'override-requested': 'Change of the retention period asked for',
    'override-approved': 'Change of the retention period approved',
    'override-announced': 'Hosts told of a shorter retention period',
    'override-ended': ENDS[fact.state],
  }[fact.kind];
  const effect =
    fact.kind === 'override-announced' && fact.takesEffectAt
      ? [`It takes effect on ${formatInstantBoth(fact.takesEffectAt, zone)} at the earliest.`]
      : [];
  return {
    tone: fact.kind === 'override-announced' ? 'blue' : 'teal',
    title,
    more: [`${changeWords(fact)}.`, ...effect],
    quote: reasonOf(fact),
    link: null,
  };
}

/** Told with the beginning and the end of its story, and not in between again. */
function reasonOf(fact: OverrideFact): string | null {
  if (fact.kind === 'override-requested') return fact.reason;
  return fact.kind === 'override-ended' ? (fact.endReason ?? fact.reason) : null;
}

function sayPhase(fact: Of<'phase-changed'>, { zone, phaseNames }: SayOptions): SaidFact {
  const { before, after } = fact;
  const end = (at: Date | null) => (at ? formatInstantBoth(at, zone) : 'no end');
  const more: string[] = [];
  if (before && after && before.endDate?.getTime() !== after.endDate?.getTime()) {
    more.push(`Its end was ${end(before.endDate)}, and is now ${end(after.endDate)}.`);
  }
  if (before && after && before.isPublic !== after.isPublic) {
    more.push(after.isPublic ? 'It became public.' : 'It became private.');
  }
  return {
    tone: 'neutral',
    title: `Phase “${phaseNames.get(fact.phaseId) ?? `#${fact.phaseId}`}” changed`,
    more,
    quote: fact.reason,
    link: null,
  };
}

function sayMail(
  { state, recipients }: Pick<Of<'notice'>, 'state' | 'recipients'>,
  what: string,
): Pick<SaidFact, 'tone' | 'title'> {
  if (state === 'failed') return { tone: 'red', title: `${what} could not be sent` };
  const { all, reached } = recipients;
  const to = reached < all ? `${reached} of ${formatCount(all, 'host')}` : formatCount(reached, 'host');
  return { tone: 'blue', title: `${what} sent to ${to}` };
}

function sayNotice(fact: Of<'notice'>, { zone }: SayOptions): SaidFact {
  const { submissions, from } = fact;
  const dates =
    from === null
      ? ''
      : `, ${submissions === 1 ? 'to go' : 'the first to go'} on ${formatInstantBoth(from, zone)}`;
  return {
    ...sayMail(fact, 'Notice'),
    more: [`It names ${formatCount(submissions, 'submission')}${dates}.`],
    quote: null,
    link: {
      href: `/notices/${fact.noticeId}`,
      label: 'Notice',
      about: `that names ${formatCount(submissions, 'submission')}`,
    },
  };
}

function sayCleanup(fact: Of<'cleanup'>, { challengeId, readsRuns }: SayOptions): SaidFact {
  return {
    tone: 'red',
    title: `${formatCount(fact.files, 'file')} deleted`,
    more: [
      ...(fact.failed > 0 ? [`${formatCount(fact.failed, 'file')} could not be deleted.`] : []),
      ...(fact.setAside ? ['So many failed that the rest was set aside, to be tried again later.'] : []),
    ],
    quote: null,
    link: readsRuns
      ? {
          href: `/cleanup/runs/${fact.runId}`,
          label: 'Run and receipts',
          about: `of ${formatCount(fact.files, 'file')}`,
        }
      : {
          href: `/challenges/${challengeId}?state=deleted#submissions`,
          label: 'What is deleted, with receipts',
          about: 'of this challenge',
        },
  };
}
