import { sql } from 'drizzle-orm';
import { index, integer, pgTable, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { people } from './people';

const instant = (name: string) => timestamp(name, { withTimezone: true });

/** What machines sign in with. The token itself is shown once and never stored. */
export const apiTokens = pgTable(
  'api_tokens',
  {
    id: uuid('id').primaryKey(),
    /** What the token is for, as its maker called it. */
    name: text('name').notNull(),
    /** SHA-256 in hex of the whole token; a token has 256 random bits, so a slow hash would add nothing. */
    tokenHash: text('token_hash').notNull(),
    /** The first characters, by which people recognise a token in a list; too few to guess the rest. */
    prefix: text('prefix').notNull(),
    /** Names of lib/tokens/scopes. */
    scopes: text('scopes').array().notNull(),
    /** The host in whose name it may decide, once he has accepted that; NULL: it acts for nobody. */
    actsFor: integer('acts_for').references(() => people.id),
    /** When that host accepted it in the browser; NULL: not yet, and it decides nothing until then. */
    actsForAcceptedAt: instant('acts_for_accepted_at'),
    /** NULL when it was made on the server's command line. */
    createdBy: integer('created_by').references(() => people.id),
    createdAt: instant('created_at').notNull(),
    /** The token is refused from this instant on. */
    expiresAt: instant('expires_at').notNull(),
    revokedBy: integer('revoked_by').references(() => people.id),
    /** NULL while it is not revoked. */
    revokedAt: instant('revoked_at'),
    /** To the minute, so that a busy token does not write a row at every request; NULL: never used. */
    lastUsedAt: instant('last_used_at'),
  },
  (table) => [
    uniqueIndex('api_tokens_hash_key').on(table.tokenHash),
    index('api_tokens_created_idx').on(table.createdAt, table.id),
    index('api_tokens_acts_for_idx').on(table.actsFor).where(sql`${table.actsFor} is not null`),
  ],
);
