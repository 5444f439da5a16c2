DROP INDEX "webhook_due";--> statement-breakpoint
CREATE INDEX "version_by_cut" ON "version" USING btree ("model","through_window");--> statement-breakpoint
CREATE INDEX "version_of_snapshot" ON "version" USING gin ("snapshots" jsonb_path_ops);--> statement-breakpoint
CREATE INDEX "evidence_by_subject" ON "evidence" USING btree ("model","kind","subject" text_pattern_ops);--> statement-breakpoint
CREATE INDEX "evidence_of_correction" ON "evidence" USING btree ("model",split_part("subject", '/', 3),"created_at") WHERE "evidence"."kind" = 'correction';--> statement-breakpoint
CREATE INDEX "run_by_kind" ON "run" USING btree ("model","kind","started_at");--> statement-breakpoint
CREATE INDEX "run_of_kind" ON "run" USING btree ("kind","started_at","run_id");--> statement-breakpoint
CREATE INDEX "run_of_status" ON "run" USING btree ("status","started_at","run_id");--> statement-breakpoint
CREATE INDEX "run_by_end" ON "run" USING btree ("model","kind","ended_at");--> statement-breakpoint
CREATE INDEX "run_of_snapshot" ON "run" USING btree (("output" ->> 'snapshot')) WHERE "run"."kind" = 'ingest';--> statement-breakpoint
CREATE INDEX "alias_move_by_id" ON "alias_move" USING btree ("model","move_id");--> statement-breakpoint
CREATE INDEX "alias_move_to" ON "alias_move" USING btree ("model","alias","to_version");--> statement-breakpoint
CREATE INDEX "alias_move_from" ON "alias_move" USING btree ("model","alias","from_version");--> statement-breakpoint
CREATE INDEX "rollout_open" ON "rollout" USING btree ("model") WHERE "rollout"."status" in ('active', 'held');--> statement-breakpoint
CREATE INDEX "rollout_by_start" ON "rollout" USING btree ("model","started_at");--> statement-breakpoint
CREATE INDEX "rollout_by_end" ON "rollout" USING btree ("ended_at");--> statement-breakpoint
CREATE INDEX "rollout_by_last_row" ON "rollout" USING btree ("model","ended_seq");--> statement-breakpoint
CREATE INDEX "rollout_entity_failed" ON "rollout_entity" USING btree ("model","version","attempt","failed_seq") WHERE "rollout_entity"."failed_seq" is not null;--> statement-breakpoint
CREATE INDEX "alert_by_subject" ON "alert" USING btree ("model","subject");--> statement-breakpoint
CREATE INDEX "alert_by_time" ON "alert" USING btree ("opened_at","alert_id");--> statement-breakpoint
CREATE INDEX "alert_by_end" ON "alert" USING btree ("closed_at","alert_id") WHERE "alert"."closed_at" is not null;--> statement-breakpoint
CREATE INDEX "alert_open" ON "alert" USING btree ("model","opened_at") WHERE "alert"."closed_at" is null;--> statement-breakpoint
CREATE INDEX "decision_by_run" ON "decision" USING btree ("model","run_id") WHERE "decision"."run_id" is not null;--> statement-breakpoint
CREATE INDEX "decision_to_train" ON "decision" USING btree ("model","created_at") WHERE "decision"."retrain";--> statement-breakpoint
CREATE INDEX "webhook_to_deliver" ON "webhook_delivery" USING btree ("next_attempt_at") WHERE "webhook_delivery"."delivered_at" is null and "webhook_delivery"."attempts" < 12;
