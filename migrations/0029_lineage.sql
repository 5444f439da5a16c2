CREATE INDEX "snapshot_of_source" ON "snapshot" USING btree ("model","source_digest","created_at");--> statement-breakpoint
CREATE INDEX "snapshot_of_window" ON "snapshot" USING btree ("model","through_window","created_at") WHERE "snapshot"."through_window" is not null;--> statement-breakpoint
CREATE INDEX "snapshot_of_parent" ON "snapshot" USING gin (("manifest" -> 'parents') jsonb_path_ops);