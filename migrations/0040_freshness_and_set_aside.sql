ALTER TABLE "source_member" ADD COLUMN "digest" text;--> statement-breakpoint
ALTER TABLE "source_member" ADD COLUMN "changed_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "trigger_look" ADD COLUMN "changed_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "run_event" ADD COLUMN "set_aside_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "run_event" ADD COLUMN "again_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "run_event_set_aside" ON "run_event" USING btree ("again_at") WHERE "run_event"."set_aside_at" is not null;