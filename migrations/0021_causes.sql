CREATE TABLE "best_reference" (
	"model" text PRIMARY KEY NOT NULL,
	"version" integer,
	"window_number" integer,
	"reference" jsonb,
	"question" text,
	"chosen_from" integer DEFAULT 0 NOT NULL,
	"through_window" integer DEFAULT 0 NOT NULL,
	"since" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"reset_by" text,
	"reset_reason" text
);
--> statement-breakpoint
ALTER TABLE "counter" ADD COLUMN "phases" integer[];