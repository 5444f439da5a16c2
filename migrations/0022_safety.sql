ALTER TABLE "rollout" ADD COLUMN "frozen_until" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "rollout_entity" ADD COLUMN "wrong_seq" bigint;--> statement-breakpoint
ALTER TABLE "rollout_entity" ADD COLUMN "wrong_arm" text;--> statement-breakpoint
ALTER TABLE "rollout_entity" ADD COLUMN "wrong_weight" bigint;--> statement-breakpoint
CREATE INDEX "rollout_entity_wrong" ON "rollout_entity" USING btree ("model","version","attempt","wrong_seq") WHERE "rollout_entity"."wrong_seq" is not null;