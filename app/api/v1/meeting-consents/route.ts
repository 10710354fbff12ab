import { otherMethods } from '@/app/api/other-methods';
import { listOf, receive } from '@/app/api/v1/records';
import { addMeetingConsents } from '@/lib/anonymous/add-meeting-consents';

/** Page by page in the order of the ids: `?limit=` and `?after=`. */
export const GET = (request: Request): Promise<Response> => listOf(request, 'meeting-consents');

/** Adds what people in meetings agreed to (R3): one or an array of at most 1,000; what was recorded is never changed. */
export const POST = (request: Request): Promise<Response> => receive(request, addMeetingConsents);

export const { DELETE, OPTIONS, PATCH, PUT } = otherMethods('GET', 'HEAD', 'POST');
