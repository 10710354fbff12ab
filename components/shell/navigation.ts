import {
  BellRing,
  CalendarCog,
  Eraser,
  Gavel,
  Globe,
  Handshake,
  KeyRound,
  LayoutDashboard,
  ListChecks,
  type LucideIcon,
  Scale,
  ScrollText,
  Settings,
  Trophy,
  Users,
} from 'lucide-react';
import type { Role } from '@/lib/people/actor';

export interface NavigationItem {
  href: string;
  label: string;
  icon: LucideIcon;
  /** Who sees it. Every page checks for itself as well: this only hides what would be refused. */
  roles: readonly Role[];
}

const EVERYBODY: readonly Role[] = ['host', 'admin', 'auditor'];
const STAFF: readonly Role[] = ['admin', 'auditor'];

const NAVIGATION: readonly NavigationItem[] = [
  { href: '/', label: 'Overview', icon: LayoutDashboard, roles: EVERYBODY },
  { href: '/challenges', label: 'Challenges', icon: Trophy, roles: EVERYBODY },
  { href: '/cleanup', label: 'Cleanup', icon: Eraser, roles: STAFF },
  { href: '/public-data', label: 'Public data', icon: Globe, roles: STAFF },
  { href: '/reconciliation', label: 'Reconciliation', icon: Scale, roles: STAFF },
  { href: '/consent-history', label: 'Consent history', icon: Handshake, roles: EVERYBODY },
  { href: '/holds', label: 'Holds', icon: Gavel, roles: STAFF },
  { href: '/overrides', label: 'Overrides', icon: CalendarCog, roles: STAFF },
  { href: '/notices', label: 'Notices', icon: BellRing, roles: EVERYBODY },
  { href: '/jobs', label: 'Jobs', icon: ListChecks, roles: STAFF },
  { href: '/audit-log', label: 'Audit log', icon: ScrollText, roles: STAFF },
  { href: '/tokens', label: 'API tokens', icon: KeyRound, roles: STAFF },
  { href: '/people', label: 'People', icon: Users, roles: ['admin'] },
  { href: '/settings', label: 'Settings', icon: Settings, roles: STAFF },
];

export function navigationFor(role: Role): readonly NavigationItem[] {
  return NAVIGATION.filter((item) => item.roles.includes(role));
}

/** Whether the page at `pathname` is the item's own or lies below it. */
export function isCurrentItem(item: NavigationItem, pathname: string): boolean {
  return item.href === '/'
    ? pathname === '/'
    : pathname === item.href || pathname.startsWith(`${item.href}/`);
}
