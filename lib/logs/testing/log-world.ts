import { and, eq } from 'drizzle-orm';
import { auditEvents } from '@/db/schema/audit';
import { logGroups, logNotices } from '@/db/schema/logs';
import type { TestDatabase } from '@/db/testing';
import { giveConsent } from '@/lib/consent/give-consent';
import { withdrawConsent } from '@/lib/consent/withdraw-consent';
import type { Actor, UserActor } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import { CloudWatchLogStore } from '@/lib/platform/log-store/cloudwatch-log-store';
import type { LogStore } from '@/lib/platform/log-store/log-store';
import type { CloudWatchTestServer } from '@/lib/platform/log-store/testing/cloudwatch-test-server';
import { scenario } from '@/lib/retention/testing/scenario';
import { type AppliedLogRetention, applyLogRetention } from '../apply-log-retention';
import { logGroupName } from '../log-group-name';

/** Where the challenge of a log world ends, in days from now; its logs stay for 30 more. */
export const END_DAY = 20;

/** A challenge with hosts and the log service of its workers: CloudWatch Logs, as far as the SDK can tell. */
export class LogWorld {
  readonly s;
  readonly store: CloudWatchLogStore;
  private constructor(
    readonly database: TestDatabase,
    readonly server: CloudWatchTestServer,
    readonly hosts: readonly [UserActor, UserActor],
    readonly admin: UserActor,
    readonly challengeId: number,
    s: ReturnType<typeof scenario>,
  ) {
    this.s = s;
    this.store = new CloudWatchLogStore({
      environment: 'production',
      endpoint: server.endpoint,
      credentials: { accessKeyId: server.accessKeyId, secretAccessKey: server.secretAccessKey },
      retry: { attempts: 2, baseDelayMs: 1, maxDelayMs: 2 },
      timeoutMs: 5_000,
    });
  }

  /** `server` is calmed and emptied: one for all tests of a file. */
  static async open(database: TestDatabase, server: CloudWatchTestServer): Promise<LogWorld> {
    server.calm();
    server.groups.clear();
    const s = scenario(database);
    const hosts = [await s.person(), await s.person()] as const;
    const admin = await s.person({ role: 'admin' });
    const challenge = await s.challenge([...hosts], { endDate: addDays(s.clock.now(), END_DAY) });
    return new LogWorld(database, server, hosts, admin, challenge.id, s);
  }

  get name(): string {
    return logGroupName(this.challengeId, 'production');
  }

  get group() {
    const group = this.server.groups.get(this.name);
    if (!group) throw new Error(`there is no group ${this.name}`);
    return group;
  }

  /** `now` moved by days. */
  day(offset: number): Date {
    return addDays(this.s.clock.now(), offset);
  }

  /** The group appears in the service, with a first event 10 days ago. */
  addGroup(retentionDays: number | null = null): void {
    this.server.add(this.name, [this.day(-10)], { retentionDays });
  }

  as(actor: Actor, logs: LogStore = this.store): Context {
    return { ...this.s.as(actor), logs };
  }

  get job(): Context {
    return this.as({ type: 'system', job: 'apply-log-retention' });
  }

  give = () => giveConsent(this.as(this.hosts[0]), { challengeId: this.challengeId, channel: 'api' });
  withdraw = () => withdrawConsent(this.as(this.hosts[0]), { challengeId: this.challengeId, channel: 'api' });

  async apply(ctx: Context = this.job): Promise<AppliedLogRetention> {
    const [result] = await applyLogRetention(ctx, { challengeId: this.challengeId });
    if (!result) throw new Error('no result');
    return result;
  }

  async row() {
    const [row] = await this.s.db.select().from(logGroups).where(eq(logGroups.challengeId, this.challengeId));
    return row;
  }

  notices = () =>
    this.s.db
      .select()
      .from(logNotices)
      .where(eq(logNotices.challengeId, this.challengeId))
      .orderBy(logNotices.createdAt);

  audit = (action: string) =>
    this.s.db
      .select()
      .from(auditEvents)
      .where(and(eq(auditEvents.action, action), eq(auditEvents.target, `challenge:${this.challengeId}`)))
      .orderBy(auditEvents.timeStarted);

  close = () => this.store.close();
}
