import type { submissionStatus } from '@/db/schema/challenges';
import type { DemoTeam, DemoUsername } from './people';

export type SubmissionStatus = (typeof submissionStatus.enumValues)[number];

export const ARTIFACT_KINDS = [
  'input_file',
  'submission_input_file',
  'stdout_file',
  'stderr_file',
  'environment_log_file',
  'submission_result_file',
  'submission_metadata_file',
] as const;
export type ArtifactKind = (typeof ARTIFACT_KINDS)[number];

/** What the demo says of one challenge; build.ts makes rows and files of it. */
export interface ChallengeScenario {
  id: number;
  title: string;
  team: DemoTeam;
  /** The leaderboard's number, as result files name it. */
  metric: string;
  approved?: boolean;
  disabledAt?: Date;
  vanishedAt?: Date;
  useHostCredentials?: boolean;
  logOverride?: number;
  artifactOverride?: number;
  startDate: Date;
  endDate: Date | null;
  phases: PhaseScenario[];
  /** In the order in which it happened; the last one is in force. */
  consent?: ConsentStep[];
  notice?: NoticeScenario;
  holds?: HoldScenario[];
  /** A shorter period that is scheduled now. */
  overrideChange?: OverrideScenario;
  /** When the monthly cleanup deleted what was due. */
  deletedAt?: Date;
}

export interface PhaseScenario {
  name: string;
  startDate: Date;
  endDate: Date | null;
  isPublic?: boolean;
  submissions: number;
  /** About how many bytes an input file has; the others are a few hundred bytes to some kilobytes. */
  inputBytes?: number;
  /** What is special about single submissions, by their place in the phase from 0. */
  special?: Record<number, SpecialSubmission>;
}

export interface SpecialSubmission {
  status?: SubmissionStatus;
  postponed?: { until: Date; reason: string; by: DemoUsername; at: Date };
  /** Refers to the same object as the submission at this place: a team handed in one archive twice. */
  sharesInputWith?: number;
  /** The object is gone from storage already, although the row says that it is there. */
  absent?: ArtifactKind;
  /** The platform never said how big it is. */
  unknownSize?: ArtifactKind;
  /** The deletion of this object failed again and again. */
  failing?: ArtifactKind;
}

export interface ConsentStep {
  action: 'given' | 'withdrawn';
  by: DemoUsername;
  at: Date;
  channel: 'browser' | 'api' | 'cli' | 'import';
  notes?: string;
}

export interface NoticeScenario {
  at: Date;
  /** The mail server's answer, when nobody could be reached. */
  failure?: string;
  /** Its answer for single hosts, by user name, until they were given up. */
  refused?: Readonly<Record<string, string>>;
}

export interface OverrideScenario {
  field: 'log_retention_days_override' | 'artifact_retention_days_override';
  /** Whole days; null: no override any more. */
  days: number | null;
  reason: string;
  by: DemoUsername;
  /** Less than 14 days ago, so that it has not taken effect. */
  at: Date;
}

export interface HoldScenario {
  /** Nothing: the whole challenge. */
  phase?: number;
  submission?: { phase: number; at: number };
  matter: string;
  reason: string;
  by: DemoUsername;
  at: Date;
  released?: { by: DemoUsername; at: Date; reason: string };
}
