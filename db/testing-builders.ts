import { eq } from 'drizzle-orm';
import { v7 } from 'uuid';
import type { Database } from './client';
import { artifacts, challengePhases, challenges, submissions } from './schema/challenges';
import { consentEvents } from './schema/consent';
import { holds } from './schema/holds';
import { noticeItems, notices } from './schema/notices';
import { hostTeamMembers, hostTeams, people } from './schema/people';

/*
 * Rows for tests, written straight into the tables, so that a test can stand in any situation without the verbs that
 * usually lead there. Days count from `now`; negative ones are in the past.
 */

export type ArtifactKind = (typeof artifacts.$inferInsert)['kind'];
export type SubmissionStatus = (typeof submissions.$inferInsert)['status'];
export type Role = (typeof people.$inferInsert)['role'];

/** Where the objects of artifacts are put; an ObjectStorage fits. */
export interface ObjectSink {
  put(key: string, body: Uint8Array): Promise<void>;
}

export interface ArtifactOptions {
  kind?: ArtifactKind;
  /** As the platform gives it; made up when it is left out. */
  objectKey?: string;
  /** What the row says; null for "not said". The object itself has `objectBytes`. */
  sizeBytes?: number | null;
  /** The size of the object that is put into the store; null: none is put. Defaults to sizeBytes, else 10. */
  objectBytes?: number | null;
}

export interface SubmissionOptions {
  status?: SubmissionStatus;
  artifacts?: ArtifactOptions[];
  /** NULL for "no date", a number for days from now; left out: what the rule says. */
  eligibleDay?: number | null;
  postponedUntilDay?: number;
}

/** Left out, everything is such that all of the challenge's artifacts may go now. */
export interface ChallengeOptions {
  title?: string;
  teamId?: number;
  /** Who gives consent, and hosts the team when it is made here. */
  hostId?: number;
  /** NULL: the phase is open-ended. */
  phaseEndDay?: number | null;
  phaseIsPublic?: boolean;
  /** NULL: there is no consent. */
  consentDay?: number | null;
  /** NULL: no notice was sent. */
  noticeDay?: number | null;
  noticeState?: 'sending' | 'sent' | 'failed';
  artifactDays?: number;
  logDays?: number;
  disabled?: boolean;
  vanished?: boolean;
  useHostCredentials?: boolean;
  /** A number for that many of the default kind (two artifacts each); 2 when left out. */
  submissions?: number | SubmissionOptions[];
}

export interface BuiltArtifact {
  id: number;
  kind: ArtifactKind;
  storageKey: string;
}

export interface BuiltSubmission {
  id: number;
  artifacts: BuiltArtifact[];
}

export interface BuiltChallenge {
  id: number;
  title: string;
  teamId: number;
  hostId: number;
  phaseId: number;
  consentEventId: string | null;
  noticeId: string | null;
  submissions: BuiltSubmission[];
}

const DAY_MS = 86_400_000;
let serial = 0;

export class WorldBuilder {
  readonly #db: Database;
  readonly #now: Date;
  readonly #objects: ObjectSink | undefined;

  constructor(db: Database, now: Date, objects?: ObjectSink) {
    this.#db = db;
    this.#now = now;
    this.#objects = objects;
  }

  /** `now` moved by whole days of 24 hours. */
  day(offset: number): Date {
    return new Date(this.#now.getTime() + offset * DAY_MS);
  }

  async person(options: { role?: Role; username?: string } = {}): Promise<number> {
    const username = options.username ?? `person-${++serial}`;
    const [row] = await this.#db
      .insert(people)
      .values({
        username,
        email: `${username}@example.org`,
        displayName: username,
        role: options.role ?? 'host',
      })
      .returning({ id: people.id });
    return only(row).id;
  }

  /** A team with one person who may consent. */
  async team(hostId: number): Promise<number> {
    const [team] = await this.#db
      .insert(hostTeams)
      .values({ teamName: `Team ${++serial}`, createdBy: hostId })
      .returning({ id: hostTeams.id });
    const teamId = only(team).id;
    await this.#db
      .insert(hostTeamMembers)
      .values({ teamId, personId: hostId, status: 'Accepted', permission: 'Admin' });
    return teamId;
  }

  async challenge(options: ChallengeOptions = {}): Promise<BuiltChallenge> {
    const hostId = options.hostId ?? (await this.person());
    const teamId = options.teamId ?? (await this.team(hostId));
    const title = options.title ?? `Challenge ${++serial}`;
    const phaseEnd = this.#dayOrNull(options.phaseEndDay, -90);
    const [challenge] = await this.#db
      .insert(challenges)
      .values({
        title,
        creatorTeamId: teamId,
        startDate: this.day(-200),
        endDate: phaseEnd,
        approved: true,
        disabled: options.disabled ?? false,
        vanishedAt: options.vanished ? this.day(-1) : null,
        useHostCredentials: options.useHostCredentials ?? false,
        artifactRetentionDaysOverride: options.artifactDays ?? null,
        logRetentionDaysOverride: options.logDays ?? null,
      })
      .returning({ id: challenges.id });
    const id = only(challenge).id;
    const [phase] = await this.#db
      .insert(challengePhases)
      .values({
        challengeId: id,
        name: 'Main phase',
        startDate: this.day(-200),
        endDate: phaseEnd,
        isPublic: options.phaseIsPublic ?? false,
      })
      .returning({ id: challengePhases.id });
    const built: BuiltChallenge = {
      id,
      title,
      teamId,
      hostId,
      phaseId: only(phase).id,
      consentEventId: null,
      noticeId: null,
      submissions: [],
    };
    const consentDay = options.consentDay === undefined ? -60 : options.consentDay;
    if (consentDay !== null) await this.giveConsent(built, this.day(consentDay));

    const date = this.#eligibleDate(options);
    const wanted = options.submissions ?? 2;
    const list: SubmissionOptions[] =
      typeof wanted === 'number' ? Array.from({ length: wanted }, () => ({})) : wanted;
    for (const submission of list) built.submissions.push(await this.submission(built, submission, date));

    const noticeDay = options.noticeDay === undefined ? -20 : options.noticeDay;
    if (noticeDay !== null && built.consentEventId) {
      await this.notice(built, this.day(noticeDay), options.noticeState);
    }
    return built;
  }

  /** A submission with its artifacts (and their objects, when the builder has a store), in the challenge's phase. */
  async submission(
    challenge: Pick<BuiltChallenge, 'phaseId'>,
    options: SubmissionOptions = {},
    ruleDate: Date | null = null,
  ): Promise<BuiltSubmission> {
    const [row] = await this.#db
      .insert(submissions)
      .values({
        phaseId: challenge.phaseId,
        participantTeamName: `Participants ${++serial}`,
        status: options.status ?? 'finished',
        submittedAt: this.day(-100),
        score: '0.5',
        retentionEligibleDate:
          options.eligibleDay === undefined ? ruleDate : this.#dayOrNull(options.eligibleDay),
        retentionPostponedUntil: this.#dayOrNull(options.postponedUntilDay),
        retentionOverrideReason: options.postponedUntilDay === undefined ? null : 'asked for by its authors',
      })
      .returning({ id: submissions.id });
    const id = only(row).id;
    const built: BuiltSubmission = { id, artifacts: [] };
    const wanted = options.artifacts ?? [{ kind: 'input_file' }, { kind: 'stdout_file' }];
    for (const [index, artifact] of wanted.entries()) {
      built.artifacts.push(await this.artifact(id, { kind: KINDS[index] ?? 'input_file', ...artifact }));
    }
    return built;
  }

  async artifact(submissionId: number, options: ArtifactOptions = {}): Promise<BuiltArtifact> {
    const kind = options.kind ?? 'input_file';
    const objectKey = options.objectKey ?? `submission_files/submission_${submissionId}/${kind}.txt`;
    const sizeBytes = options.sizeBytes === undefined ? 10 : options.sizeBytes;
    const [row] = await this.#db
      .insert(artifacts)
      .values({ submissionId, kind, objectKey, sizeBytes })
      .returning({ id: artifacts.id, storageKey: artifacts.storageKey });
    const { id, storageKey } = only(row);
    const objectBytes = options.objectBytes === undefined ? (sizeBytes ?? 10) : options.objectBytes;
    if (objectBytes !== null) await this.#objects?.put(storageKey, new Uint8Array(objectBytes).fill(120));
    return { id, kind, storageKey };
  }

  /** The record and the fields that rest on it. The dates stay as they are. */
  async giveConsent(challenge: BuiltChallenge, at: Date): Promise<string> {
    const id = await this.#consentEvent(challenge, 'given', at);
    await this.#db
      .update(challenges)
      .set({
        retentionPolicyConsent: true,
        retentionPolicyConsentDate: at,
        retentionPolicyConsentBy: challenge.hostId,
        consentEventId: id,
      })
      .where(eq(challenges.id, challenge.id));
    challenge.consentEventId = id;
    return id;
  }

  /** A notice that names every submission of the challenge which has a date, with that date. */
  async notice(
    challenge: BuiltChallenge,
    sentAt: Date,
    state: 'sending' | 'sent' | 'failed' = 'sent',
  ): Promise<string> {
    const id = v7();
    await this.#db.insert(notices).values({
      id,
      challengeId: challenge.id,
      consentEventId: challenge.consentEventId ?? v7(),
      state,
      createdAt: sentAt,
      sentAt: state === 'sent' ? sentAt : null,
      recipients: [],
      subject: 'Files will be deleted',
    });
    const dated = await this.#db
      .select({ id: submissions.id, date: submissions.retentionEligibleDate })
      .from(submissions)
      .where(eq(submissions.phaseId, challenge.phaseId));
    const named = dated.flatMap(({ id: submissionId, date }) =>
      date ? [{ noticeId: id, submissionId, announcedDate: date }] : [],
    );
    if (named.length > 0) await this.#db.insert(noticeItems).values(named);
    challenge.noticeId = id;
    return id;
  }

  /** An active hold on one thing. */
  async hold(target: { challengeId?: number; phaseId?: number; submissionId?: number }): Promise<string> {
    const id = v7();
    await this.#db
      .insert(holds)
      .values({ id, matter: 'Case 7', reason: 'a court asked', placedAt: this.#now, ...target });
    return id;
  }

  async releaseHold(id: string, at: Date): Promise<void> {
    await this.#db.update(holds).set({ releasedAt: at, releaseReason: 'over' }).where(eq(holds.id, id));
  }

  async #consentEvent(
    challenge: Pick<BuiltChallenge, 'id' | 'hostId'>,
    action: 'given' | 'withdrawn',
    at: Date,
  ): Promise<string> {
    const id = v7();
    await this.#db.insert(consentEvents).values({
      id,
      challengeId: challenge.id,
      action,
      personId: challenge.hostId,
      channel: 'browser',
      at,
      shownText: 'As shown.',
      policyVersion: '2026-11',
      shownFigures: {},
    });
    return id;
  }

  #dayOrNull(day: number | null | undefined, otherwise: number | null = null): Date | null {
    const chosen = day === undefined ? otherwise : day;
    return chosen === null ? null : this.day(chosen);
  }

  /** E4 and E5, for the situations that can be built here. */
  #eligibleDate(options: ChallengeOptions): Date | null {
    const consentDay = options.consentDay === undefined ? -60 : options.consentDay;
    const phaseEndDay = options.phaseEndDay === undefined ? -90 : options.phaseEndDay;
    if (consentDay === null || phaseEndDay === null || options.phaseIsPublic) return null;
    const days = options.artifactDays ?? options.logDays ?? 30;
    const noticeDay = options.noticeDay === undefined ? -20 : options.noticeDay;
    return this.day(Math.max(phaseEndDay + days, consentDay + 14, (noticeDay ?? -Infinity) + 14));
  }
}

const KINDS: ArtifactKind[] = [
  'input_file',
  'submission_input_file',
  'stdout_file',
  'stderr_file',
  'environment_log_file',
  'submission_result_file',
  'submission_metadata_file',
];

function only<T>(row: T | undefined): T {
  if (row === undefined) throw new Error('the insert gave no row');
  return row;
}
