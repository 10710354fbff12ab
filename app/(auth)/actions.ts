'use server';

import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { safeCallbackUrl } from '@/lib/people/callback-url';
import { signIn } from '@/lib/people/sign-in';
import { signOut } from '@/lib/people/sign-out';
import { LapseError } from '@/lib/platform/errors';
import { getServices } from '@/lib/services';
import { addressOf } from '../request-address';
import { findActor } from '../session';
import { beginSession, endSession } from '../session-cookie';

export interface SignInResult {
  /** Why it was refused, in words. */
  error: string | null;
  /** Given back, so that nobody types it twice. */
  username: string;
}

export async function signInAction(_: SignInResult, form: FormData): Promise<SignInResult> {
  const username = String(form.get('username') ?? '');
  const address = addressOf(await headers());
  try {
    const person = await signIn(
      { ...getServices(), actor: { type: 'anonymous', ...(address && { address }) } },
      { username, password: form.get('password'), address },
    );
    await beginSession(person.personId);
  } catch (error) {
    if (error instanceof LapseError) return { error: error.message, username };
    throw error;
  }
  redirect(safeCallbackUrl(form.get('callbackUrl')));
}

export async function signOutAction(): Promise<void> {
  const actor = await findActor();
  if (actor) await signOut({ ...getServices(), actor });
  await endSession();
  redirect('/sign-in?signed-out=1');
}
