import 'server-only';
import { LapseError } from '@/lib/platform/errors';
import { CONTENT_TYPES, exportFileName, type FileFormat, type Write } from '@/lib/platform/export/row-format';
import { streamOf } from '@/lib/platform/export/stream-of';
import { ourFault } from './problem';

interface Download {
  /** What the file holds, in lower-case letters and hyphens; its name begins so. */
  subject: string;
  format: FileFormat;
  at: Date;
  /** What else the answer says of the file, known by its first byte. */
  headers?: () => Record<string, string>;
}

/**
 * Answers with a file that is written while it is sent. What fails before its first byte is thrown, for `answer`; a later
 * failure breaks the connection, so that half a file is never taken for the whole.
 */
export async function download(
  { subject, format, at, headers }: Download,
  work: (write: Write) => Promise<unknown>,
): Promise<Response> {
  let begun = false;
  const body = await streamOf(async (write) => {
    try {
      await work((piece) => {
        begun = true;
        return write(piece);
      });
    } catch (error) {
      // Nobody is told of it any more, except by a file that breaks off.
      if (begun && !(error instanceof LapseError)) ourFault(error);
      throw error;
    }
  });
  return new Response(body, {
    headers: {
      'Content-Type': CONTENT_TYPES[format],
      'Content-Disposition': `attachment; filename="${exportFileName(subject, format, at)}"`,
      'Cache-Control': 'no-store',
      ...headers?.(),
    },
  });
}
