/** All that decides the state of a challenge. Counts are of submissions unless they say otherwise. */
export interface ChallengeFacts {
  useHostCredentials: boolean;
  vanished: boolean;
  disabled: boolean;
  /** Consent is in force, with a record that it rests on (L1). */
  consent: boolean;
  /** An active hold on the whole challenge. */
  heldWhole: boolean;
  submissions: number;
  /** All of their artifacts are gone. */
  deleted: number;
  /** Not deleted, and under a hold on themselves or their phase. */
  held: number;
  /** Not deleted, not held, still being processed (E6). */
  active: number;
  /** Not deleted, neither held nor active, with a date, in a challenge that is managed and not paused. */
  dated: number;
  /** Of the dated ones: the date is reached. */
  due: number;
  /** The earliest date of the dated ones; null without any. */
  nextDate: Date | null;
  /** When a notice under the consent in force named that date; null: not yet. */
  announcedAt: Date | null;
  /** The last attempt to send a notice failed. */
  noticeFailed: boolean;
  /** Files that a run has committed to deleting. */
  filesDeleting: number;
  /** Files whose deletion failed and is tried again. */
  filesFailed: number;
  /** Some files of a submission with a failed one are gone already. */
  partlyDeleted: boolean;
  /** When the last submission went; null when none did. */
  lastDeletedAt: Date | null;
  /** Phases that have ended and are still public. */
  phasesBlocked: number;
  /** Phases without an end. */
  phasesOpenEnded: number;
  /** The latest end of a phase; null without any. */
  latestPhaseEnd: Date | null;
}

/** What goes in the run that the sentence speaks of. */
export interface GoingFigures {
  submissions: number;
  files: number;
  bytes: number;
}

export interface StateOptions {
  now: Date;
  /** IANA name: the zone in which the sentence names days. */
  zone: string;
  /** Lists and pages give them; without, the sentence counts submissions only. */
  going?: GoingFigures;
}
