ALTER TABLE "trigger_look" ADD COLUMN "lag_unread" bigint;--> statement-breakpoint
ALTER TABLE "trigger_look" ADD COLUMN "lag_unit" text;--> statement-breakpoint
ALTER TABLE "trigger_look" ADD COLUMN "is_lag_at_least" boolean DEFAULT false NOT NULL;