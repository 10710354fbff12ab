import type { artifacts } from '@/db/schema/challenges';

/** The seven kinds of files, as people say them everywhere (E2). */
const ARTIFACT_KINDS: Record<(typeof artifacts.$inferSelect)['kind'], string> = {
  input_file: 'Input',
  submission_input_file: 'Submission input',
  stdout_file: 'Output',
  stderr_file: 'Errors',
  environment_log_file: 'Environment log',
  submission_result_file: 'Result',
  submission_metadata_file: 'Metadata',
};

const WORDS: Partial<Record<string, string>> = ARTIFACT_KINDS;

/** A kind of file for people: 'Errors' for 'stderr_file'; one of a later version as it is stored. */
export const artifactKindWords = (kind: string): string => WORDS[kind] ?? kind.replaceAll('_', ' ');
