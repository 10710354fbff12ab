import { integer, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import { people } from './people';

/** What an admin changed from its default; the names, defaults and ranges are in lib/settings/catalogue. */
export const settings = pgTable('settings', {
  name: text('name').primaryKey(),
  value: jsonb('value').notNull(),
  updatedBy: integer('updated_by').references(() => people.id),
  updatedAt: timestamp('updated_at', { withTimezone: true }).notNull(),
});
