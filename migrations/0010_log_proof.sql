-- Reads the whole log once, in a transaction of its own and beside running readers and writers. With the proof, the next
-- migration attaches the tables without looking at a row.
ALTER TABLE "prediction" VALIDATE CONSTRAINT "prediction_is_part_0";--> statement-breakpoint
ALTER TABLE "label" VALIDATE CONSTRAINT "label_is_part_0";
