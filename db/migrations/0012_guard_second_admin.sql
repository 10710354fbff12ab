ALTER TABLE "override_changes" ADD COLUMN "first_approved_by" integer;--> statement-breakpoint
ALTER TABLE "override_changes" ADD COLUMN "first_approved_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "people" ADD COLUMN "admin_since" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "settings" ADD COLUMN "pending_value" jsonb;--> statement-breakpoint
ALTER TABLE "settings" ADD COLUMN "pending_from" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "settings" ADD COLUMN "pending_by" integer;--> statement-breakpoint
ALTER TABLE "override_changes" ADD CONSTRAINT "override_changes_first_approved_by_people_id_fk" FOREIGN KEY ("first_approved_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "settings" ADD CONSTRAINT "settings_pending_by_people_id_fk" FOREIGN KEY ("pending_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;