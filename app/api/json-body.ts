import 'server-only';
import { invalid } from '@/lib/platform/errors';
import { RequestError } from './problem';
import { readBody } from './read-body';

const MAX_BYTES = 64 * 1024;
/** Whoever looks through a document calls himself for each level, and a body has room for more than the stack. */
const MAX_LEVELS = 64;

/**
 * The JSON document that a request carries; undefined when it carries nothing at all. Throws RequestError 415 and 413, and
 * 'invalid' for what is no JSON or is nested too deeply. A form of another site can send any text, but not with this type.
 */
export async function jsonBody(request: Request, maxBytes: number = MAX_BYTES): Promise<unknown> {
  const bytes = await readBody(request, maxBytes);
  if (bytes.length === 0) return undefined;
  if (!/^application\/json *(;|$)/i.test(request.headers.get('content-type') ?? '')) {
    throw new RequestError(415, 'Send JSON, with the header “Content-Type: application/json”.');
  }
  const document = parsed(bytes);
  if (isDeeperThan(MAX_LEVELS, document)) {
    throw invalid(`The body is nested too deeply: use at most ${MAX_LEVELS} levels.`);
  }
  return document;
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw invalid('The body is no JSON document in UTF-8.');
  }
}

function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(levels - 1, inner));
}
