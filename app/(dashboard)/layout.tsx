import { type ReactNode, Suspense } from 'react';
import { DemoBanner } from '@/components/shell/demo-banner';
import { Shell } from '@/components/shell/shell';
import { readEnv } from '@/lib/platform/env';
import { signOutAction } from '../(auth)/actions';
import { getActor } from '../session';
import { AuditTroubles } from './audit-troubles';

/** A layout is not rendered again on every navigation, so each page asks for its actor itself; this one is for the menu. */
export default async function DashboardLayout({ children }: { children: ReactNode }) {
  const person = await getActor();
  return (
    <Shell
      person={person}
      signOut={signOutAction}
      banner={readEnv().LAPSE_DEMO ? <DemoBanner /> : null}
      troubles={{
        wide: (
          <Suspense fallback={null}>
            <AuditTroubles />
          </Suspense>
        ),
        narrow: (
          <Suspense fallback={null}>
            <AuditTroubles isNarrow />
          </Suspense>
        ),
      }}
    >
      {children}
    </Shell>
  );
}
