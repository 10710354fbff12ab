import 'server-only';
import { invalid } from '@/lib/platform/errors';
import { RequestError } from './problem';

const MAX_BYTES = 64 * 1024;

/**
 * The JSON document that a request carries; undefined when it carries nothing at all. Throws RequestError 415 and 413, and
 * 'invalid' for what is no JSON. A form of another site can send any text, but not with this type.
 */
export async function jsonBody(request: Request): Promise<unknown> {
  const bytes = await readAll(request);
  if (bytes.length === 0) return undefined;
  if (!/^application\/json *(;|$)/i.test(request.headers.get('content-type') ?? '')) {
    throw new RequestError(415, 'Send JSON, with the header “Content-Type: application/json”.');
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw invalid('The body is no JSON document in UTF-8.');
  }
}

async function readAll(request: Request): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new RequestError(413, `The body is larger than ${MAX_BYTES / 1024} KiB.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
