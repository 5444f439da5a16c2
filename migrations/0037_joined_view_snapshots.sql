ALTER TABLE "snapshot" ADD COLUMN "joined_into" text;--> statement-breakpoint
ALTER TABLE "online_view" ADD COLUMN "looked_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "online_view" ADD COLUMN "lag_unread" bigint;--> statement-breakpoint
ALTER TABLE "online_view" ADD COLUMN "lag_unit" text;--> statement-breakpoint
ALTER TABLE "online_view" ADD COLUMN "is_lag_at_least" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "online_view" ADD COLUMN "counted_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "online_view" ADD COLUMN "lease_holder" uuid;--> statement-breakpoint
ALTER TABLE "online_view" ADD COLUMN "lease_until" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "snapshot_of_joined" ON "snapshot" USING gin (("manifest" -> 'joined') jsonb_path_ops) WHERE "snapshot"."manifest" -> 'joined' is not null;