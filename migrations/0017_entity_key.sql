CREATE TABLE "entity_key" (
	"key_id" integer PRIMARY KEY DEFAULT 1 NOT NULL,
	"fingerprint" text,
	"bare_part" integer,
	"bare_until" timestamp (3) with time zone,
	CONSTRAINT "entity_key_is_one" CHECK ("entity_key"."key_id" = 1)
);
--> statement-breakpoint
ALTER TABLE "rollout_entity" ADD COLUMN "keyed_entity" text;--> statement-breakpoint
CREATE INDEX "rollout_entity_keyed" ON "rollout_entity" USING btree ("model","version","attempt","keyed_entity") WHERE "rollout_entity"."keyed_entity" is not null;--> statement-breakpoint
-- Whatever stands here was stored by a release that had no key.
INSERT INTO "entity_key" ("key_id", "bare_part", "bare_until") SELECT 1, max("part"), now() FROM "model_stream" HAVING count(*) > 0;
