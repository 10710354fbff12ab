import { sql } from 'drizzle-orm';
import { boolean, index, integer, pgEnum, pgTable, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core';

const instant = (name: string) => timestamp(name, { withTimezone: true });

export const role = pgEnum('role', ['host', 'admin', 'auditor']);

/** Everybody who can sign in. People are never deleted, only disabled, so that history keeps its names. */
export const people = pgTable(
  'people',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    /** What people type to sign in; always lower case. */
    username: text('username').notNull(),
    email: text('email').notNull(),
    displayName: text('display_name').notNull(),
    role: role('role').notNull(),
    /**
     * Since when an admin is one, when another admin made him so or enabled his account: he approves only what was made 7
     * days after (B2). NULL: always, for those whom the shell of the server made; it means nothing for other roles.
     */
    adminSince: instant('admin_since'),
    /** argon2id, in PHC string format; NULL for people who come by single sign-on only. */
    passwordHash: text('password_hash'),
    /** The 'sub' claim at the configured OpenID provider; NULL until the first sign-in that way. */
    oidcSubject: text('oidc_subject'),
    /** An IANA name; how this person's times are shown and written in mail. */
    timeZone: text('time_zone').notNull().default('UTC'),
    /** NULL while the account may be used. */
    disabledAt: instant('disabled_at'),
    /** Sessions that began before this count no more: signing out, disabling and enabling an account move it to then. */
    sessionsValidFrom: instant('sessions_valid_from').notNull().default(sql`'epoch'`),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [
    uniqueIndex('people_username_key').on(table.username),
    uniqueIndex('people_email_key').on(table.email),
    uniqueIndex('people_oidc_subject_key').on(table.oidcSubject),
  ],
);

export const hostTeams = pgTable('host_teams', {
  id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
  teamName: text('team_name').notNull().unique(),
  teamUrl: text('team_url'),
  createdBy: integer('created_by').references(() => people.id),
  createdAt: instant('created_at').notNull().defaultNow(),
});

export const memberStatus = pgEnum('member_status', ['Accepted', 'Denied', 'Pending', 'Self', 'Unknown']);
export const memberPermission = pgEnum('member_permission', ['Admin', 'Write', 'Read', 'Restricted']);

/** Who belongs to a host team. Only Accepted or Self members with Admin or Write may consent. */
export const hostTeamMembers = pgTable(
  'host_team_members',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    teamId: integer('team_id')
      .notNull()
      .references(() => hostTeams.id),
    personId: integer('person_id')
      .notNull()
      .references(() => people.id),
    status: memberStatus('status').notNull(),
    permission: memberPermission('permission').notNull(),
  },
  (table) => [
    uniqueIndex('host_team_members_team_person_key').on(table.teamId, table.personId),
    index('host_team_members_person_idx').on(table.personId),
  ],
);

/** One row for each limit that a sign-in attempt counts towards, kept for a day, so that guessing passwords is slow for every instance together. */
export const signInAttempts = pgTable(
  'sign_in_attempts',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    /** 'user-network:', 'user:' or 'address:' and a SHA-256; never the name or address itself. */
    subject: text('subject').notNull(),
    succeeded: boolean('succeeded').notNull(),
    at: instant('at').notNull(),
  },
  (table) => [index('sign_in_attempts_subject_at_idx').on(table.subject, table.at)],
);
