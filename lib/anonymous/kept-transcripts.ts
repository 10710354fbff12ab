import type { OverviewRows } from './overview-rows';
import type { AnonymousReason } from './reasons';

export interface KeptTranscripts {
  /** Transcripts by what is decided about each now; 'due' ones go. Reasons without any are left out. */
  byReason: Partial<Record<AnonymousReason, number>>;
  /** All of them, and those that belong to somebody. */
  total: number;
  owned: number;
  /** Recordings and meetings that stay although a transcript that refers to them goes: another one stays. */
  shared: { recordings: number; meetings: number };
  /** Recordings and meetings to which no transcript refers: no run takes them, until one does. */
  unreferred: { recordings: number; meetings: number };
  /** Files that could not be deleted, and are tried again. */
  failedFiles: number;
  /**
   * Were the mode switched on now, with the period of the environment: from when on anything of these could go, and how many
   * transcripts would be old enough then.
   */
  ifSwitchedOn: { from: Date; transcripts: number };
}

/** How many transcripts there are, by why each stays or goes; `from` is when a policy of now would cover them. */
export function keptTranscriptsOf({ reasons, units, ...rows }: OverviewRows, from: Date): KeptTranscripts {
  const byReason: KeptTranscripts['byReason'] = {};
  for (const { reason, transcripts } of reasons) byReason[reason] = (byReason[reason] ?? 0) + transcripts;
  const recordings = units.find(({ kind }) => kind === 'recording');
  const meetings = units.find(({ kind }) => kind === 'meeting');
  return {
    byReason,
    total: sum(reasons.map(({ transcripts }) => transcripts)),
    owned: sum(reasons.map((row) => (row.is_owned ? row.transcripts : 0))),
    shared: { recordings: recordings?.shared ?? 0, meetings: meetings?.shared ?? 0 },
    unreferred: { recordings: recordings?.unreferred ?? 0, meetings: meetings?.unreferred ?? 0 },
    failedFiles: rows.failed_files,
    ifSwitchedOn: { from, transcripts: sum(reasons.map((row) => row.old_enough)) },
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
