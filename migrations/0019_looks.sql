ALTER TABLE "rollout" ADD COLUMN "settled_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "rollout" ADD COLUMN "looked_step" integer;--> statement-breakpoint
ALTER TABLE "rollout" ADD COLUMN "looked_seq" bigint;--> statement-breakpoint
ALTER TABLE "rollout" ADD COLUMN "looked_at" timestamp (3) with time zone;