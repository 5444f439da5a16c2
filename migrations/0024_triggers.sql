CREATE TABLE "trigger_look" (
	"model" text PRIMARY KEY NOT NULL,
	"decide_at" timestamp (3) with time zone,
	"look_at" timestamp (3) with time zone,
	"source_digest" text,
	"read_at" timestamp (3) with time zone,
	"failures" integer DEFAULT 0 NOT NULL,
	"problem" text,
	"held_by" text
);
--> statement-breakpoint
CREATE INDEX "trigger_look_to_decide" ON "trigger_look" USING btree ("decide_at");--> statement-breakpoint
CREATE INDEX "trigger_look_to_read" ON "trigger_look" USING btree ("look_at");