'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import type { Role } from '@/lib/people/actor';
import { cn } from '../ui/cn';
import { isCurrentItem, navigationFor } from './navigation';

interface NavLinksProps {
  role: Role;
  /** Called when a link is followed, so that a drawer can close. */
  onNavigate?: () => void;
}

export function NavLinks({ role, onNavigate }: NavLinksProps) {
  const pathname = usePathname();
  return (
    <nav aria-label="Main">
      <ul className="grid gap-0.5">
        {navigationFor(role).map((item) => {
          const current = isCurrentItem(item, pathname);
          const Icon = item.icon;
          return (
            <li key={item.href}>
              <Link
                href={item.href}
                aria-current={current ? 'page' : undefined}
                {...(onNavigate && { onClick: onNavigate })}
                className={cn(
                  'flex h-9 items-center gap-2.5 rounded-md px-2.5 font-medium text-muted-foreground hover:bg-hover hover:text-foreground lg:h-8',
                  current && 'bg-hover text-foreground',
                )}
              >
                <Icon aria-hidden className={cn('size-4 shrink-0', current && 'text-primary-text')} />
                {item.label}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
