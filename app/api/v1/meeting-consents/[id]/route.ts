import { otherMethods } from '@/app/api/other-methods';
import { oneOf } from '@/app/api/v1/records';

/** One meeting consent. */
export const GET = (request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> =>
  oneOf(request, 'meeting-consents', params);

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET', 'HEAD');
