DROP INDEX "submissions_phase_idx";--> statement-breakpoint
CREATE INDEX "submissions_standing_idx" ON "submissions" USING btree ("phase_id","is_artifact_deleted","retention_eligible_date","status","artifact_deletion_date","id");--> statement-breakpoint
CREATE INDEX "notice_items_date_idx" ON "notice_items" USING btree ("notice_id","announced_date");