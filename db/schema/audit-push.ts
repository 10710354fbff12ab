import { pgTable, uuid } from 'drizzle-orm/pg-core';

/**
 * The ids of pushed events that are being written right now. A transaction puts its ids in before it looks which of them the
 * log has, and takes them out again before it commits: so whoever pushes one of them at the same time waits for that
 * event alone, and then finds it. No unique index over audit_events could say this, because the weeks are told apart by
 * time. Empty for every reader; unlogged, since a crash ends all who put something in.
 */
export const auditArrivingIds = pgTable('audit_arriving_ids', { id: uuid('id').primaryKey() });
