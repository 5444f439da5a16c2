ALTER TABLE "alias_move" ADD COLUMN "command_id" uuid;--> statement-breakpoint
-- Until now a move counted as a person's when a command of theirs had given it its sentence: the same condition, once, in
-- the words as they were written, so that the kill switch of an existing installation keeps its answer.
UPDATE "alias_move" m SET "command_id" = (
  SELECT c.command_id FROM "command" c
  WHERE c.model = m.model AND c.actor = m.actor AND c.created_at <= m.moved_at
    AND c.kind IN ('approve', 'rollback', 'promote', 'import') AND c.status <> 'refused'
    AND m.why IN (c.body->>'reason', 'approved by ' || c.actor || ': ' || (c.body->>'reason'))
  ORDER BY c.created_at DESC LIMIT 1
) WHERE m.alias = 'champion' AND m.to_version IS NOT NULL;--> statement-breakpoint
-- Moves by the kill switch name its command too; a kill of every model has `*` for its model.
UPDATE "alias_move" m SET "command_id" = (
  SELECT c.command_id FROM "command" c
  WHERE c.model IN (m.model, '*') AND c.actor = m.actor AND c.created_at <= m.moved_at AND c.kind = 'kill'
    AND c.status <> 'refused' AND m.why = 'kill switch: ' || (c.body->>'reason')
  ORDER BY c.created_at DESC LIMIT 1
) WHERE m.alias = 'champion' AND m.command_id IS NULL AND m.why LIKE 'kill switch: %';--> statement-breakpoint
ALTER TABLE "alias_move" ADD CONSTRAINT "alias_move_command_id_command_command_id_fk" FOREIGN KEY ("command_id") REFERENCES "public"."command"("command_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
-- The window of an alert stood in its title alone, and a refused roll-back was known by its sentence.
ALTER TABLE "alert" ADD COLUMN "window_number" integer;--> statement-breakpoint
UPDATE "alert" SET "window_number" = substring("title" FROM ' in window ([0-9]{1,9})$')::integer WHERE "kind" = 'drift';--> statement-breakpoint
UPDATE "alert" SET "subject" = 'refused/v' || substring("subject" FROM '^refused: v([0-9]+) was never released') WHERE "kind" = 'rolled-back' AND "subject" ~ '^refused: v[0-9]+ was never released';--> statement-breakpoint
UPDATE "alert" SET "subject" = 'refused/none' WHERE "kind" = 'rolled-back' AND "subject" = 'refused: There is no champion before this one.';--> statement-breakpoint
-- Null where there is no step and no window: -1 and 0 were numbers that meant something else.
ALTER TABLE "rollout" ALTER COLUMN "step" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "rollout" ALTER COLUMN "step" DROP NOT NULL;--> statement-breakpoint
UPDATE "rollout" SET "step" = NULL WHERE "step" < 0;--> statement-breakpoint
ALTER TABLE "snapshot" ALTER COLUMN "through_window" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "snapshot" ALTER COLUMN "through_window" DROP NOT NULL;--> statement-breakpoint
UPDATE "snapshot" SET "through_window" = NULL WHERE "through_window" = 0;--> statement-breakpoint
ALTER TABLE "version" ALTER COLUMN "through_window" DROP NOT NULL;--> statement-breakpoint
UPDATE "version" SET "through_window" = NULL WHERE "through_window" = 0;--> statement-breakpoint
ALTER TABLE "decision" ALTER COLUMN "window_number" DROP NOT NULL;--> statement-breakpoint
UPDATE "decision" SET "window_number" = NULL WHERE "window_number" = 0;--> statement-breakpoint
-- Written and never read, or never written.
ALTER TABLE "annotation" DROP COLUMN "removed_by";--> statement-breakpoint
ALTER TABLE "prediction" DROP COLUMN "other_decision";--> statement-breakpoint
ALTER TABLE "rollout" DROP COLUMN "requested";--> statement-breakpoint
ALTER TABLE "rollout" DROP COLUMN "requested_by";--> statement-breakpoint
ALTER TABLE "rollout" DROP COLUMN "requested_reason";--> statement-breakpoint
ALTER TABLE "routing" DROP COLUMN "updated_at";--> statement-breakpoint
ALTER TABLE "run" DROP COLUMN "temporal_run_id";--> statement-breakpoint
ALTER TABLE "segment" DROP COLUMN "process_id";--> statement-breakpoint
ALTER TABLE "segment" DROP COLUMN "predictions";--> statement-breakpoint
ALTER TABLE "segment" DROP COLUMN "labels";--> statement-breakpoint
ALTER TABLE "serving_member" DROP COLUMN "started_at";--> statement-breakpoint
ALTER TABLE "window_quality" DROP COLUMN "measured_at";
