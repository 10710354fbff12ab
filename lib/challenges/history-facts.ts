import { z } from 'zod';
import { consentChannel } from '@/db/schema/consent';
import { overrideChangeState, overrideField } from '@/db/schema/overrides';
import type { HistorySource } from './history-sources';

const instant = z.coerce.date();
const days = z.number().nullable();
const recipients = z
  .array(z.object({ accepted: z.boolean() }))
  .transform((all) => ({ all: all.length, reached: all.filter(({ accepted }) => accepted).length }));
const mailState = z.enum(['sent', 'failed']);
/** Changes stay as earlier versions wrote them; null: not in a form that this one reads. */
const phase = z.object({ endDate: instant.nullable(), isPublic: z.boolean() }).nullable().catch(null);

const SHAPES = {
  consent: z.object({
    action: z.enum(['given', 'withdrawn']),
    channel: z.enum(consentChannel.enumValues),
    notes: z.string().nullable(),
  }),
  hold: z.object({
    phaseId: z.number().nullable(),
    phaseName: z.string().nullable(),
    submissionId: z.number().nullable(),
    matter: z.string(),
    reason: z.string().nullable(),
  }),
  override: z.object({
    field: z.enum(overrideField.enumValues),
    oldDays: days,
    newDays: days,
    state: z.enum(overrideChangeState.enumValues),
    reason: z.string(),
    endReason: z.string().nullable(),
    takesEffectAt: instant.nullable(),
  }),
  phase: z.object({ phaseId: z.number(), before: phase, after: phase, reason: z.string() }),
  postponed: z.object({
    submissionId: z.number(),
    after: z.object({ postponedUntil: instant }).nullable().catch(null),
    reason: z.string(),
  }),
  notice: z.object({ state: mailState, recipients }),
  logNotice: z.object({ state: mailState, recipients, environment: z.string(), days: z.number() }),
  cleanup: z.object({ files: z.number(), failed: z.number(), setAside: z.boolean() }),
};

type Shape<Name extends keyof typeof SHAPES> = z.output<(typeof SHAPES)[Name]>;

/** What happened. Instants are UTC; days are whole days. */
export type HistoryFact =
  | ({ kind: 'consent'; eventId: string } & Shape<'consent'>)
  | ({ kind: 'hold-placed' | 'hold-released'; holdId: string } & Omit<Shape<'hold'>, 'matter'> & {
        /** This and the reason are for those who read holds; null for others. */
        matter: string | null;
      })
  | ({
      kind: 'override-requested' | 'override-approved' | 'override-announced' | 'override-ended';
    } & Shape<'override'>)
  | ({ kind: 'phase-changed' } & Omit<Shape<'phase'>, 'reason'> & {
        /** For those who read everything; null for others. */
        reason: string | null;
      })
  | { kind: 'postponed'; submissionId: number; until: Date | null; reason: string }
  | ({
      kind: 'notice';
      noticeId: string;
      /** What it named: submissions, and the earliest of their dates. */
      submissions: number;
      from: Date | null;
    } & Shape<'notice'>)
  | ({ kind: 'log-notice' } & Shape<'logNotice'>)
  | ({ kind: 'cleanup'; runId: string } & Shape<'cleanup'>);

interface Reader {
  readsHolds: boolean;
  seesAll: boolean;
  /** For a notice: what it named. */
  named: { submissions: number; from: string | null } | undefined;
}

/** A row of the history in the terms of its source; what the reader may not know is left out. */
export function historyFact(
  source: HistorySource,
  id: string,
  details: unknown,
  { readsHolds, seesAll, named }: Reader,
): HistoryFact {
  switch (source) {
    case 'consent':
      return { kind: source, eventId: id, ...SHAPES.consent.parse(details) };
    case 'hold-placed':
    case 'hold-released': {
      const hold = SHAPES.hold.parse(details);
      return { kind: source, holdId: id, ...hold, ...(readsHolds ? {} : { matter: null, reason: null }) };
    }
    case 'override-requested':
    case 'override-approved':
    case 'override-announced':
    case 'override-ended':
      return { kind: source, ...SHAPES.override.parse(details) };
    case 'phase-changed': {
      const { reason, ...changed } = SHAPES.phase.parse(details);
      return { kind: source, ...changed, reason: seesAll ? reason : null };
    }
    case 'postponed': {
      const { submissionId, after, reason } = SHAPES.postponed.parse(details);
      return { kind: source, submissionId, until: after?.postponedUntil ?? null, reason };
    }
    case 'notice':
      return {
        kind: source,
        noticeId: id,
        ...SHAPES.notice.parse(details),
        submissions: named?.submissions ?? 0,
        from: named?.from ? new Date(named.from) : null,
      };
    case 'log-notice':
      return { kind: source, ...SHAPES.logNotice.parse(details) };
    case 'cleanup':
      return { kind: source, runId: id, ...SHAPES.cleanup.parse(details) };
  }
}
