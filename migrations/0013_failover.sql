ALTER TABLE "routing" ADD COLUMN "digest" text GENERATED ALWAYS AS (md5(entry::text)) STORED;--> statement-breakpoint
ALTER TABLE "routing_ack" ADD COLUMN "digest" text;