CREATE TYPE "public"."plan_item_outcome" AS ENUM('deleted', 'failed', 'shrunk');--> statement-breakpoint
DROP INDEX "receipts_run_idx";--> statement-breakpoint
ALTER TABLE "plan_items" ADD COLUMN "outcome" "plan_item_outcome";--> statement-breakpoint
ALTER TABLE "plan_items" ADD COLUMN "outcome_reason" text;--> statement-breakpoint
ALTER TABLE "plan_items" ADD COLUMN "passes" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "plan_items_open_idx" ON "plan_items" USING btree ("plan_id","passes","position") WHERE "plan_items"."will_delete" and "plan_items"."outcome" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "receipts_run_storage_key_key" ON "receipts" USING btree ("run_id","storage_key");