import { otherMethods } from '@/app/api/other-methods';
import { listOf, receive } from '@/app/api/v1/records';
import { upsertRecordings } from '@/lib/anonymous/upsert-recordings';

/** Page by page in the order of the ids: `?limit=` and `?after=`. */
export const GET = (request: Request): Promise<Response> => listOf(request, 'recordings');

/** Adds and changes recordings (R3): one or an array of at most 1,000; each replaces what was known of it. */
export const POST = (request: Request): Promise<Response> => receive(request, upsertRecordings);

export const { DELETE, OPTIONS, PATCH, PUT } = otherMethods('GET', 'HEAD', 'POST');
