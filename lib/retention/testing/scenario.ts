import { artifacts, challengePhases, challenges, submissions } from '@/db/schema/challenges';
import { hostTeamMembers, hostTeams, people } from '@/db/schema/people';
import type { TestDatabase } from '@/db/testing';
import type { UserActor } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { fixedClock } from '@/lib/platform/clock';
import { log } from '@/lib/platform/log';
import { OffLogStore } from '@/lib/platform/log-store/off-log-store';
import { MailError, type MailMessage } from '@/lib/platform/mail/mailer';

/** The instant at which scenarios begin; audit partitions for it are made by `scenario`. */
export const START = '2026-11-21T09:00:00.000Z';

let serial = 0;
const next = () => ++serial;

type Member = Pick<typeof hostTeamMembers.$inferInsert, 'status' | 'permission'>;
const HOST: Member = { status: 'Accepted', permission: 'Admin' };

/** Small makers of rows for tests, on a database of their own, with a clock that stands still until it is moved. */
export function scenario(database: TestDatabase, start: string = START) {
  const { db } = database;
  const clock = fixedClock(start);
  const mailer = recordingMailer();
  const services = { db, clock, mailer, log, storage: noStorage, logs: new OffLogStore('production') };
  const as = (actor: Context['actor']): Context => ({ ...services, actor });

  async function person(values: Partial<typeof people.$inferInsert> = {}): Promise<UserActor> {
    const name = values.username ?? `person${next()}`;
    const row = one(
      await db
        .insert(people)
        .values({ username: name, email: `${name}@example.org`, displayName: name, role: 'host', ...values })
        .returning(),
    );
    const { id, username, displayName, role, timeZone } = row;
    return { type: 'user', personId: id, username, displayName, role, timeZone };
  }

  async function team(members: [UserActor, Member?][] = []): Promise<number> {
    const row = one(
      await db
        .insert(hostTeams)
        .values({ teamName: `team ${next()}` })
        .returning(),
    );
    for (const [actor, member] of members) await join(row.id, actor, member);
    return row.id;
  }

  async function join(teamId: number, actor: UserActor, member: Member = HOST): Promise<void> {
    await db.insert(hostTeamMembers).values({ teamId, personId: actor.personId, ...member });
  }

  /** A challenge of a team of the given hosts. */
  async function challenge(hosts: UserActor[], values: Partial<typeof challenges.$inferInsert> = {}) {
    const creatorTeamId = values.creatorTeamId ?? (await team(hosts.map((host) => [host])));
    const row = one(
      await db
        .insert(challenges)
        .values({ title: `Challenge ${next()}`, creatorTeamId, ...values })
        .returning(),
    );
    return row;
  }

  /** A closed phase that ended on 1 September 2026, unless the values say otherwise. */
  async function phase(challengeId: number, values: Partial<typeof challengePhases.$inferInsert> = {}) {
    const row = one(
      await db
        .insert(challengePhases)
        .values({
          challengeId,
          name: `Phase ${next()}`,
          endDate: new Date('2026-09-01T00:00:00Z'),
          ...values,
        })
        .returning(),
    );
    return row;
  }

  /** A finished submission with one file for each given size (bytes; null: unknown). */
  async function submission(
    phaseId: number,
    sizes: (number | null)[] = [1000],
    values: Partial<typeof submissions.$inferInsert> = {},
  ) {
    const row = one(
      await db
        .insert(submissions)
        .values({
          phaseId,
          participantTeamName: 'participants',
          status: 'finished',
          submittedAt: new Date('2026-08-01T00:00:00Z'),
          ...values,
        })
        .returning(),
    );
    for (const [index, sizeBytes] of sizes.entries()) {
      await artifact(row.id, { kind: KINDS[index] ?? 'input_file', sizeBytes });
    }
    return row;
  }

  async function artifact(submissionId: number, values: Partial<typeof artifacts.$inferInsert> = {}) {
    const row = one(
      await db
        .insert(artifacts)
        .values({ submissionId, kind: 'input_file', objectKey: `files/${next()}`, ...values })
        .returning(),
    );
    return row;
  }

  return {
    database,
    db,
    sql: database.sql,
    clock,
    mailer,
    as,
    person,
    team,
    join,
    challenge,
    phase,
    submission,
    artifact,
  };
}

export type Scenario = ReturnType<typeof scenario>;

function one<T>(rows: T[]): T {
  const [row] = rows;
  if (!row) throw new Error('the insert gave no row');
  return row;
}

const KINDS = [
  'input_file',
  'submission_input_file',
  'stdout_file',
  'stderr_file',
  'environment_log_file',
  'submission_result_file',
  'submission_metadata_file',
] as const;

/** A mail server that keeps what it accepts; `answer` decides about each mail, by throwing or not. */
export function recordingMailer() {
  const sent: MailMessage[] = [];
  return {
    kind: 'folder' as const,
    sent,
    answer: (_message: MailMessage): void | Promise<void> => {},
    refuse(...addresses: string[]) {
      this.answer = (message) => {
        if (addresses.some((address) => message.to.includes(address))) {
          throw new MailError('bad-address', `no such mailbox: ${message.to}`);
        }
      };
    },
    describe: () => 'a mailer for tests',
    async send(message: MailMessage) {
      await this.answer(message);
      sent.push(message);
      return { id: message.messageId ?? `<${sent.length}@test>` };
    },
    close: async () => {},
  };
}

/** Nothing here touches stored objects; what tries to is a fault. Which store it is may be asked, and where local files are. */
const noStorage = new Proxy({} as Context['storage'], {
  get: (_target, name) => {
    if (name === 'name') return 'folder';
    if (name === 'whyNoLocal') return undefined;
    throw new Error(`the storage was used: ${String(name)}`);
  },
});
