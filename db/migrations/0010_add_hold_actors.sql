ALTER TABLE "holds" ADD COLUMN "placed_by_actor" jsonb;--> statement-breakpoint
ALTER TABLE "holds" ADD COLUMN "released_by_actor" jsonb;