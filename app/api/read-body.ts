import 'server-only';
import { RequestError } from './problem';

/** What a request carries. Reads no further than `maxBytes`: throws RequestError 413 for more, and 415 for what is packed. */
export async function readBody(request: Request, maxBytes: number): Promise<Buffer> {
  const tooLarge = () => new RequestError(413, `The body is larger than ${maxBytes / 1024} KiB.`);
  const packed = request.headers.get('content-encoding');
  if (packed !== null && packed !== 'identity') {
    throw new RequestError(415, 'Send the body as it is, without a Content-Encoding.');
  }
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
