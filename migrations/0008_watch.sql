CREATE TABLE "watch_shard" (
	"shard" integer PRIMARY KEY NOT NULL,
	"shards" integer NOT NULL,
	"fence" bigint DEFAULT 0 NOT NULL,
	"holder" text,
	"lease_until" timestamp (3) with time zone
);
--> statement-breakpoint
DROP INDEX "window_unjudged";--> statement-breakpoint
ALTER TABLE "window" ADD COLUMN "judge_attempts" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "window" ADD COLUMN "judge_after" timestamp (3) with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "window" ADD COLUMN "judge_failure" text;--> statement-breakpoint
CREATE INDEX "window_due" ON "window" USING btree ("judge_after") WHERE "window"."judged_at" is null;