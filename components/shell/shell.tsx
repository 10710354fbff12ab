import type { ReactNode } from 'react';
import type { UserActor } from '@/lib/people/actor';
import { Brand } from './brand';
import { MobileDrawer } from './mobile-drawer';
import { NavLinks } from './nav-links';
import { UserMenu } from './user-menu';

interface ShellProps {
  person: UserActor;
  signOut: () => Promise<void>;
  /** Stands above the content of every page, such as DemoBanner. */
  banner?: ReactNode;
  /** Signs that something wants to be looked at: with words for the side, and without for the bar of a phone. */
  troubles?: { wide: ReactNode; narrow: ReactNode };
  children: ReactNode;
}

/** What stays around every page: navigation, account, and the way past both for keyboards. */
export function Shell({ person, signOut, banner, troubles, children }: ShellProps) {
  const menu = (
    <UserMenu
      displayName={person.displayName}
      username={person.username}
      role={person.role}
      timeZone={person.timeZone}
      signOut={signOut}
    />
  );
  return (
    <>
      <a
        href="#content"
        className="sr-only z-50 rounded-md bg-primary px-4 py-2 font-medium text-primary-foreground focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to the content
      </a>
      <div className="lg:grid lg:grid-cols-[15rem_minmax(0,1fr)]">
        <header
          data-print="hide"
          className="sticky top-0 z-30 flex h-14 items-center gap-2 border-b bg-background px-3 lg:hidden"
        >
          <MobileDrawer role={person.role} />
          <Brand className="flex-1" />
          {troubles?.narrow}
          <div>{menu}</div>
        </header>
        <aside
          data-print="hide"
          className="sticky top-0 hidden h-dvh flex-col gap-5 overflow-y-auto border-r px-3 py-4 lg:flex"
        >
          <Brand className="px-2.5" />
          <div className="flex-1">
            <NavLinks role={person.role} />
          </div>
          {troubles?.wide}
          {menu}
        </aside>
        <div className="min-w-0">
          {banner}
          <main id="content" tabIndex={-1} className="px-4 py-6 focus:outline-none sm:px-6 lg:px-8">
            <div className="mx-auto grid max-w-6xl gap-6">{children}</div>
          </main>
        </div>
      </div>
    </>
  );
}
