CREATE TABLE "command_effect" (
	"command_id" uuid NOT NULL,
	"model" text NOT NULL,
	"outcome" jsonb NOT NULL,
	"done_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "command_effect_command_id_model_pk" PRIMARY KEY("command_id","model")
);
--> statement-breakpoint
ALTER TABLE "command" ADD COLUMN "target" jsonb;--> statement-breakpoint
ALTER TABLE "command" ADD COLUMN "performed_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "command" ADD COLUMN "failure" text;--> statement-breakpoint
ALTER TABLE "command_effect" ADD CONSTRAINT "command_effect_command_id_command_command_id_fk" FOREIGN KEY ("command_id") REFERENCES "public"."command"("command_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
-- What was commanded before nobody has written down as performed: it was, or a workflow has it in hand.
UPDATE "command" SET "performed_at" = coalesce("answered_at", "created_at");--> statement-breakpoint
-- A command that was delivered twice may have moved a champion twice: the first move is what it asked for.
UPDATE "alias_move" m SET "command_id" = NULL WHERE "command_id" IS NOT NULL AND EXISTS (
  SELECT 1 FROM "alias_move" b
  WHERE b.command_id = m.command_id AND b.model = m.model AND b.move_id < m.move_id);--> statement-breakpoint
INSERT INTO "command_effect" ("command_id", "model", "outcome", "done_at")
  SELECT "command_id", "model", '{"endedRollout": null}', "moved_at" FROM "alias_move" WHERE "command_id" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "command_unperformed" ON "command" USING btree ("model","created_at","command_id") WHERE "command"."performed_at" is null and "command"."kind" <> 'request';--> statement-breakpoint
ALTER TABLE "alias_move" ADD CONSTRAINT "alias_move_once_per_command" UNIQUE("command_id","model");