CREATE TABLE "open_lineage_follower" (
	"id" integer PRIMARY KEY NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_delivered_at" timestamp (3) with time zone,
	"last_error" text,
	"delivered" bigint DEFAULT 0 NOT NULL,
	"refused" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "run_event" (
	"event_id" bigserial PRIMARY KEY NOT NULL,
	"run_id" text NOT NULL,
	"model" text NOT NULL,
	"kind" text NOT NULL,
	"execution" uuid NOT NULL,
	"type" text NOT NULL,
	"detail" text,
	"attempts" integer DEFAULT 0 NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "artifact_damage" (
	"digest" text PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"found_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "scrub_round" (
	"id" integer PRIMARY KEY NOT NULL,
	"round" integer NOT NULL,
	"started_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"through" text NOT NULL,
	"files" bigint NOT NULL,
	"bytes" bigint NOT NULL,
	"damaged" bigint NOT NULL,
	"last_started_at" timestamp (3) with time zone,
	"last_finished_at" timestamp (3) with time zone,
	"last_files" bigint,
	"last_bytes" bigint,
	"last_damaged" bigint
);
--> statement-breakpoint
ALTER TABLE "run" ADD COLUMN "execution" uuid;--> statement-breakpoint
CREATE INDEX "run_event_by_age" ON "run_event" USING btree ("at");--> statement-breakpoint
CREATE INDEX "artifact_damage_by_time" ON "artifact_damage" USING btree ("found_at");--> statement-breakpoint
CREATE INDEX "counter_by_version" ON "counter" USING btree ("model","version","window_number");