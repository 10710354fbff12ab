/** What the dialog of the switch sends. */
export interface ConsentDecision {
  challengeId: number;
  /** True gives consent, false withdraws it. */
  consent: boolean;
  /** The text exactly as it was shown. */
  shownText: string;
  notes: string;
}

/** What came of it. */
export type ConsentOutcome =
  | { outcome: 'given' | 'already-given' | 'withdrawn' | 'not-given' }
  /** Something changed while the dialog was open: nothing was decided, and this is what applies now. */
  | { outcome: 'changed'; freshText: string }
  | { outcome: 'refused'; message: string };

export type DecideConsent = (decision: ConsentDecision) => Promise<ConsentOutcome>;
