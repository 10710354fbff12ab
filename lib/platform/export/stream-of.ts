import { LapseError } from '../errors';
import type { Write } from './row-format';

/** TextEncoderStream does the same, but goes through a text character by character. */
const ENCODE: Transformer<string | Uint8Array, Uint8Array> = {
  transform: (piece, controller) =>
    controller.enqueue(typeof piece === 'string' ? encoder.encode(piece) : piece),
};
const encoder = new TextEncoder();

/** Whoever asked for a file reads no more of it. */
export class ReaderGone extends LapseError {
  constructor(cause: unknown) {
    super('conflict', 'Whoever asked for it stopped reading before the end.', { cause });
  }
}

/**
 * What `work` writes, as a stream (texts in UTF-8) that asks for a piece when the reader wants one, so that a slow reader makes the
 * work wait and fills no memory. Resolves with the first piece; what fails before that is thrown, and can be answered
 * properly. A later failure breaks the stream: it never ends as though it were complete. When the reader goes, the next
 * write throws ReaderGone.
 */
export function streamOf(work: (write: Write) => Promise<void>): Promise<ReadableStream<Uint8Array>> {
  const { readable, writable } = new TransformStream<string | Uint8Array, Uint8Array>(ENCODE);
  const writer = writable.getWriter();
  // How it ended is told to each write.
  writer.closed.catch(() => {});
  return new Promise((resolve, reject) => {
    const write: Write = async (piece) => {
      resolve(readable);
      try {
        await writer.write(piece);
      } catch (cause) {
        throw new ReaderGone(cause);
      }
    };
    work(write)
      .then(() => {
        resolve(readable);
        return writer.close();
      })
      .catch((error: unknown) => {
        reject(error);
        return writer.abort(error);
      })
      .catch(() => {});
  });
}
