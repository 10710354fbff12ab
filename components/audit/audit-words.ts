import type { AuditAction } from '@/lib/audit/actions';
import type { AuditEventRow } from '@/lib/audit/event-row';
import { OWN_STREAM } from '@/lib/audit/streams';
import { sayActor } from '@/lib/people/say-actor';

/** What was done, in words; a name of a later version is shown as it is. */
const WORDS: Partial<Record<string, string>> = {
  'session.sign-in': 'Sign in',
  'session.sign-out': 'Sign out',
  'access.refuse': 'Refuse access',
  'consent.give': 'Give consent',
  'consent.withdraw': 'Withdraw consent',
  'retention.recompute': 'Recompute dates',
  'submission.postpone': 'Postpone a submission',
  'phase.change': 'Change a phase',
  'override.change': 'Change an override',
  'override.approve': 'Approve an override',
  'override.announce': 'Announce an override',
  'override.apply': 'Apply an override',
  'override.cancel': 'Cancel an override',
  'log-retention.set': 'Set log retention',
  'platform-event.receive': 'Receive an event of the platform',
  'logs.expire': 'Expire logs',
  'log-retention.remove': 'Take back log retention',
  'hold.place': 'Place a hold',
  'hold.release': 'Release a hold',
  'notice.send': 'Send a notice',
  'cleanup.preview': 'Preview a cleanup',
  'cleanup.request': 'Ask for a cleanup',
  'cleanup.run': 'Run a cleanup',
  'cleanup.stop': 'Stop a cleanup',
  'cleanup.set-aside': 'Set a challenge aside',
  'cleanup.approve': 'Approve a plan',
  'artifacts.delete': 'Delete files',
  'job.request': 'Start a job',
  'job.run': 'Run a job',
  'job.stop': 'Stop a job',
  'reconciliation.run': 'Compare rows with objects',
  'audit.archive': 'Archive audit events',
  'audit.compact': 'Make a monthly archive of audit events',
  'audit.expire': 'Let an archive of audit events expire',
  'audit.remove-objects': 'Remove archives of audit events from the storage',
  'audit.prune': 'Prune archived audit events',
  'audit.restore': 'Restore archived audit events',
  'audit-log.export': 'Export the audit log',
  'audit.limit': 'Cut a stream to its limits',
  'audit-limits.set': 'Set limits of a stream',
  'audit-limits.apply': 'Put limits of a stream into force',
  'audit-limits.remove': 'Remove limits of a stream',
  'audit-hold.place': 'Place a hold on a stream',
  'audit-hold.release': 'Release a hold on a stream',
  'setting.change': 'Change a setting',
  'audit-retention.change': 'Change the retention of the audit log',
  'audit-retention.cancel': 'Cancel a shorter retention of the audit log',
  'consent-summary.send': 'Send a summary of consent',
  'consent-history.export': 'Export the consent history',
  'token.create': 'Make an API token',
  'token.accept': 'Accept an API token',
  'token.revoke': 'Revoke an API token',
  'person.create': 'Add a person',
  'person.update': 'Change a person',
  'audit-events.push': 'Push audit events',
  'public-policy.change': 'Change the policy of anonymous data',
  'public-policy.gap': 'Note that Lapse did not run',
  'anonymous-data.receive': 'Receive anonymous data',
  'anonymous-hold.place': 'Place a hold on anonymous data',
  'anonymous-hold.release': 'Release a hold on anonymous data',
  'demo.fill': 'Fill in the demo',
} satisfies Partial<Record<AuditAction, string>>;

export const actionWords = (action: string): string => WORDS[action] ?? action;

type Told = Pick<AuditEventRow, 'stream'>;

/** Whether it is an event of Lapse itself; what other programs push is only ever shown as they wrote it. */
export const isOwn = ({ stream }: Told): boolean => stream === OWN_STREAM;

/** What an event is called. */
export const eventTitle = (event: Told & Pick<AuditEventRow, 'action'>): string =>
  isOwn(event) ? actionWords(event.action) : event.action;

/** Who did it: as he was then, or as the other program names him. */
export const whoDidIt = (event: Told & Pick<AuditEventRow, 'actor' | 'actorDetails'>): string =>
  isOwn(event) ? sayActor(event.actorDetails) : event.actor;

/** Targets that are no single thing. */
const OF_PUBLIC_DATA: Partial<Record<string, string>> = {
  'anonymous-data': '/public-data',
  'anonymous-data:transcripts': '/public-data/transcripts',
  'public-policy': '/public-data#policies',
};

/** Where the target of an event is shown; null when it has no page. */
export function targetHref(target: string): string | null {
  const [kind, id] = [target.slice(0, target.indexOf(':')), target.slice(target.indexOf(':') + 1)];
  switch (kind) {
    case 'challenge':
      return /^\d+$/.test(id) ? `/challenges/${id}` : null;
    case 'plan':
      return `/cleanup/plans/${id}`;
    case 'override':
      return '/overrides';
    case 'hold':
      return `/holds/${id}`;
    case 'stream':
      return `/audit-log/streams/${encodeURIComponent(id)}`;
    case 'token':
      return '/tokens?state=all';
    case 'run':
      return `/jobs/runs/${id}`;
    case 'transcript':
      return `/public-data/transcripts/${encodeURIComponent(id)}`;
    default:
      return OF_PUBLIC_DATA[target] ?? null;
  }
}

/** The address of one event: its id names it, and its time finds it in the partitions of the log. */
export const eventHref = ({ id, timeStarted }: { id: string; timeStarted: string }): string =>
  `/audit-log/${id}?at=${encodeURIComponent(timeStarted)}`;
