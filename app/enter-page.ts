import 'server-only';
import { cache } from 'react';
import type { Permission } from '@/lib/people/permissions';
import { getContext, requireActor } from './session';

/**
 * The context of a page for those who have the permission; everybody else gets the 403 page. A layout and its page render
 * at the same time: within one request they share this answer, so that a refusal is one audit event.
 */
export const enterPage = cache(async (permission: Permission) => {
  await requireActor(permission);
  return getContext();
});
