ALTER TABLE "version" ADD COLUMN "files_removed_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "evidence_by_age" ON "evidence" USING btree ("model","created_at");--> statement-breakpoint
CREATE INDEX "evidence_of_corrections" ON "evidence" USING btree (("body" ->> 'digest')) WHERE "evidence"."kind" = 'correction';