import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { Brand } from '@/components/shell/brand';
import { DemoBanner } from '@/components/shell/demo-banner';
import { Callout } from '@/components/ui/callout';
import { safeCallbackUrl } from '@/lib/people/callback-url';
import { demoAccounts } from '@/lib/people/demo-accounts';
import { readEnv, singleSignOn } from '@/lib/platform/env';
import { findActor } from '../../session';
import { DemoAccounts } from './demo-accounts';
import { OidcButton } from './oidc-button';
import { SignInForm } from './sign-in-form';

export const metadata: Metadata = { title: 'Sign in' };

interface PageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** Our own words for the errors that the address can name; next-auth's are 'OAuthCallback' and the like. */
const ERRORS: Record<string, string> = {
  'session-ended': 'Your session has ended, or your account was disabled. Sign in again.',
  'not-admitted':
    'Nobody here has the account that you signed in with, or it is disabled here. Ask an admin to add you with its e-mail address.',
};

export default async function SignInPage({ searchParams }: PageProps) {
  const params = await searchParams;
  const callbackUrl = safeCallbackUrl(params.callbackUrl);
  if (await findActor()) redirect(callbackUrl);
  const env = readEnv();
  const accounts = demoAccounts(env.LAPSE_DEMO);
  const provider = singleSignOn(env);
  return (
    <>
      {env.LAPSE_DEMO ? <DemoBanner /> : null}
      <main className="mx-auto grid w-full max-w-sm content-start gap-6 px-4 py-12 sm:py-20">
        <Brand className="text-lg" />
        <div className="grid gap-1">
          <h1 className="text-xl leading-7 font-semibold tracking-tight">Sign in</h1>
          <p className="text-muted-foreground">Nothing here is deleted without its owner’s consent.</p>
        </div>
        <Notice params={params} />
        <SignInForm callbackUrl={callbackUrl} />
        {provider ? <OidcButton name={provider.name} callbackUrl={callbackUrl} /> : null}
        {accounts.length > 0 ? <DemoAccounts accounts={accounts} /> : null}
      </main>
    </>
  );
}

function Notice({ params }: { params: Awaited<PageProps['searchParams']> }) {
  if (params['signed-out']) return <Callout kind="success">You are signed out everywhere.</Callout>;
  if (!params.error) return null;
  const text =
    ERRORS[String(params.error)] ?? 'Single sign-on did not work. Try again, or sign in with a password.';
  return <Callout kind="error">{text}</Callout>;
}
