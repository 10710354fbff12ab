import { z } from 'zod';
import { shown } from '@/lib/platform/fields';

/** The stream of Lapse's own events; all others belong to programs that push theirs. */
export const OWN_STREAM = 'lapse';

const ALLOWED = 'use 1 to 63 of a-z, 0-9, dot, hyphen and underscore, beginning with a letter or digit';

/** The name of any stream. */
export const streamName = z
  .string({ error: `give the stream: ${ALLOWED}` })
  .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, {
    error: (issue) => `${shown(issue.input)} is no name of a stream: ${ALLOWED}`,
  });

/** The name under which a program pushes its events. */
export const pushedStreamName = streamName.refine(
  (name) => name !== OWN_STREAM,
  `“${OWN_STREAM}” is the stream of Lapse itself: use another name`,
);
