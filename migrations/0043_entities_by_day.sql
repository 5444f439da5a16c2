DROP INDEX "online_entity_by_age";--> statement-breakpoint
-- Room for a new version of a row beside the old one; adding the column writes the table anew, with this room.
ALTER TABLE "online_entity" SET (fillfactor = 70);--> statement-breakpoint
ALTER TABLE "online_entity" ADD COLUMN "event_day" bigint GENERATED ALWAYS AS (event_ms / 86400000) STORED;--> statement-breakpoint
CREATE INDEX "online_entity_by_day" ON "online_entity" USING btree ("view","digest","event_day");
