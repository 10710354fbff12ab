CREATE TABLE "run_challenges" (
	"run_id" uuid NOT NULL,
	"challenge_id" integer NOT NULL,
	"plan_id" uuid NOT NULL,
	"tried" integer DEFAULT 0 NOT NULL,
	"failed" integer DEFAULT 0 NOT NULL,
	"set_aside_at" timestamp with time zone,
	"files_left" integer DEFAULT 0 NOT NULL,
	"times_set_aside" integer DEFAULT 0 NOT NULL,
	"retry_at" timestamp with time zone,
	CONSTRAINT "run_challenges_run_id_challenge_id_pk" PRIMARY KEY("run_id","challenge_id")
);
--> statement-breakpoint
ALTER TABLE "artifacts" ADD COLUMN "claim_id" uuid;--> statement-breakpoint
ALTER TABLE "run_challenges" ADD CONSTRAINT "run_challenges_plan_id_plans_id_fk" FOREIGN KEY ("plan_id") REFERENCES "public"."plans"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "run_challenges_set_aside_idx" ON "run_challenges" USING btree ("challenge_id","set_aside_at") WHERE "run_challenges"."set_aside_at" is not null;