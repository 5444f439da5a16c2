CREATE TABLE "leakage_allowance" (
	"model" text NOT NULL,
	"feature" text NOT NULL,
	"kind" text NOT NULL,
	"actor" text NOT NULL,
	"reason" text NOT NULL,
	"since" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "leakage_allowance_model_feature_kind_pk" PRIMARY KEY("model","feature","kind")
);
--> statement-breakpoint
DROP INDEX "artifact_damage_by_time";--> statement-breakpoint
DROP INDEX "evidence_of_corrections";--> statement-breakpoint
ALTER TABLE "artifact_damage" ADD COLUMN "found_round" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "version_to_look_after" ON "version" USING btree ("model_digest" text_pattern_ops) WHERE "version"."files_removed_at" is null;--> statement-breakpoint
CREATE INDEX "snapshot_of_batches" ON "snapshot" USING btree ("model",coalesce("manifest" ->> 'member', ''),"created_at") WHERE "snapshot"."kind" = 'history' and "snapshot"."manifest" ->> 'replayOf' is null;--> statement-breakpoint
CREATE INDEX "snapshot_of_batches_by_revision" ON "snapshot" USING btree ("model","spec_revision",coalesce("manifest" ->> 'member', ''),"created_at") WHERE "snapshot"."kind" = 'history' and "snapshot"."manifest" ->> 'replayOf' is null;--> statement-breakpoint
CREATE INDEX "snapshot_to_look_after" ON "snapshot" USING btree ("digest" text_pattern_ops) WHERE "snapshot"."files_removed_at" is null;--> statement-breakpoint
CREATE INDEX "sealed_stretch_to_look_after" ON "sealed_stretch" USING btree ("manifest_digest" text_pattern_ops);--> statement-breakpoint
CREATE INDEX "pushed_batch_to_look_after" ON "pushed_batch" USING btree ("digest" text_pattern_ops) WHERE "pushed_batch"."digest" is not null;--> statement-breakpoint
CREATE INDEX "artifact_damage_to_look_at" ON "artifact_damage" USING btree ("seen_at","digest");--> statement-breakpoint
CREATE INDEX "evidence_of_corrections" ON "evidence" USING btree (("body" ->> 'digest') text_pattern_ops) WHERE "evidence"."kind" = 'correction';