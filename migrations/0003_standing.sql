ALTER TABLE "model_stream" ADD COLUMN "labels" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "decision_by_window" ON "decision" USING btree ("model","window_number") WHERE "decision"."key" like 'window/%';--> statement-breakpoint
CREATE INDEX "run_under_way" ON "run" USING btree ("model") WHERE "run"."status" = 'running';--> statement-breakpoint
-- The lock that adding the column took is held until the end: no label is stored between this count and its use.
UPDATE "model_stream" s SET "labels" = c.labels FROM (SELECT model, count(*) AS labels FROM "label" GROUP BY model) c WHERE c.model = s.model;
