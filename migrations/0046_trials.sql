CREATE TABLE "trial" (
	"run_id" text NOT NULL,
	"number" integer NOT NULL,
	"rung" integer NOT NULL,
	"model" text NOT NULL,
	"share" real NOT NULL,
	"family" text NOT NULL,
	"settings" jsonb NOT NULL,
	"loss" double precision,
	"trees" integer,
	"rows" integer,
	"compute_ms" integer,
	"reason" text,
	"done_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "trial_run_id_number_rung_pk" PRIMARY KEY("run_id","number","rung")
);
--> statement-breakpoint
CREATE INDEX "trial_by_time" ON "trial" USING btree ("done_at");