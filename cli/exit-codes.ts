import type { ErrorCode } from '@/lib/platform/errors';

/** What the end of a command says to scripts. */
export const EXIT = {
  ok: 0,
  /** A fault of Lapse, or something that it needs cannot be reached. */
  failure: 1,
  usage: 2,
  refused: 3,
  notFound: 4,
  /** A run was partial, was stopped, failed, or has not begun; or rows and objects disagree; or the audit log is not what was sealed. */
  badRun: 5,
  /** Ctrl-C, as shells say it. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_CODES_TEXT = `
Exit codes:
  0  done
  1  Lapse failed, or something it needs cannot be reached
  2  wrong usage
  3  refused
  4  there is no such thing
  5  a run was partial, was stopped, failed, or has not begun; or rows and objects disagree;
     or the audit log, or a proof of it, is not what was sealed`;

export function exitCodeOf(code: ErrorCode): ExitCode {
  switch (code) {
    case 'invalid':
      return EXIT.usage;
    case 'not_found':
      return EXIT.notFound;
    case 'unauthenticated':
    case 'forbidden':
    case 'conflict':
    case 'rate_limited':
      return EXIT.refused;
    case 'unavailable':
      return EXIT.failure;
  }
}
