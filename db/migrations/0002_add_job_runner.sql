CREATE TYPE "public"."runner_run_state" AS ENUM('running', 'completed', 'failed', 'cancelled');--> statement-breakpoint
CREATE TYPE "public"."runner_step_state" AS ENUM('ready', 'waiting', 'idle', 'done', 'failed', 'dropped');--> statement-breakpoint
CREATE TABLE "runner_events" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"payload" jsonb NOT NULL,
	"received_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "runner_functions" (
	"id" text PRIMARY KEY NOT NULL,
	"config" jsonb NOT NULL,
	"discovered_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "runner_runs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"function_id" text NOT NULL,
	"event_id" text NOT NULL,
	"state" "runner_run_state" NOT NULL,
	"idempotency_key" text,
	"parent_run_id" uuid,
	"parent_step_id" text,
	"settled_steps" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"finished_at" timestamp with time zone,
	"output" jsonb,
	"error" jsonb
);
--> statement-breakpoint
CREATE TABLE "runner_schedules" (
	"function_id" text NOT NULL,
	"cron" text NOT NULL,
	"since" timestamp with time zone NOT NULL,
	CONSTRAINT "runner_schedules_function_id_cron_pk" PRIMARY KEY("function_id","cron")
);
--> statement-breakpoint
CREATE TABLE "runner_steps" (
	"run_id" uuid NOT NULL,
	"step_id" text NOT NULL,
	"function_id" text NOT NULL,
	"name" text,
	"op" text NOT NULL,
	"state" "runner_step_state" NOT NULL,
	"due_at" timestamp with time zone,
	"attempt" integer DEFAULT 0 NOT NULL,
	"losses" integer DEFAULT 0 NOT NULL,
	"lease_token" uuid,
	"lease_until" timestamp with time zone,
	"waits_for" jsonb,
	"position" integer,
	"data" jsonb,
	"error" jsonb,
	CONSTRAINT "runner_steps_run_id_step_id_pk" PRIMARY KEY("run_id","step_id")
);
--> statement-breakpoint
CREATE TABLE "runner_ticks" (
	"function_id" text NOT NULL,
	"cron" text NOT NULL,
	"tick" timestamp with time zone NOT NULL,
	"noticed_at" timestamp with time zone NOT NULL,
	"event_id" text,
	CONSTRAINT "runner_ticks_function_id_cron_tick_pk" PRIMARY KEY("function_id","cron","tick")
);
--> statement-breakpoint
ALTER TABLE "runner_runs" ADD CONSTRAINT "runner_runs_event_id_runner_events_id_fk" FOREIGN KEY ("event_id") REFERENCES "public"."runner_events"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runner_schedules" ADD CONSTRAINT "runner_schedules_function_id_runner_functions_id_fk" FOREIGN KEY ("function_id") REFERENCES "public"."runner_functions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runner_steps" ADD CONSTRAINT "runner_steps_run_id_runner_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runner_runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runner_ticks" ADD CONSTRAINT "runner_ticks_schedule_fk" FOREIGN KEY ("function_id","cron") REFERENCES "public"."runner_schedules"("function_id","cron") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "runner_events_received_idx" ON "runner_events" USING btree ("received_at");--> statement-breakpoint
CREATE UNIQUE INDEX "runner_runs_function_event_key" ON "runner_runs" USING btree ("function_id","event_id");--> statement-breakpoint
CREATE INDEX "runner_runs_idempotency_idx" ON "runner_runs" USING btree ("function_id","idempotency_key","created_at");--> statement-breakpoint
CREATE INDEX "runner_runs_open_idx" ON "runner_runs" USING btree ("function_id") WHERE "runner_runs"."state" = 'running';--> statement-breakpoint
CREATE INDEX "runner_runs_finished_idx" ON "runner_runs" USING btree ("finished_at");--> statement-breakpoint
CREATE INDEX "runner_runs_event_idx" ON "runner_runs" USING btree ("event_id");--> statement-breakpoint
CREATE INDEX "runner_steps_due_idx" ON "runner_steps" USING btree ("state","due_at") WHERE "runner_steps"."state" in ('ready', 'waiting');--> statement-breakpoint
CREATE INDEX "runner_steps_leased_idx" ON "runner_steps" USING btree ("function_id","lease_until") WHERE "runner_steps"."lease_until" is not null;