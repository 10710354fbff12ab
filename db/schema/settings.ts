import { integer, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import { people } from './people';

/** What an admin changed from its default; the names, defaults and ranges are in lib/settings/catalogue. */
export const settings = pgTable('settings', {
  name: text('name').primaryKey(),
  value: jsonb('value').notNull(),
  updatedBy: integer('updated_by').references(() => people.id),
  updatedAt: timestamp('updated_at', { withTimezone: true }).notNull(),
  /** A looser value that somebody asked for (L4): it is the value from `pendingFrom` on. NULL: nobody asked for one. */
  pendingValue: jsonb('pending_value'),
  /** NULL together with `pendingValue`. */
  pendingFrom: timestamp('pending_from', { withTimezone: true }),
  /** Who asked for it; NULL: a command did, or nobody. */
  pendingBy: integer('pending_by').references(() => people.id),
});
