CREATE TABLE "quality_total" (
	"model" text PRIMARY KEY NOT NULL,
	"from_window" integer NOT NULL,
	"to_window" integer NOT NULL,
	"rows" bigint DEFAULT 0 NOT NULL,
	"labelled_rows" bigint DEFAULT 0 NOT NULL,
	"compared_windows" bigint DEFAULT 0 NOT NULL,
	"compared_rows" bigint DEFAULT 0 NOT NULL,
	"value" numeric DEFAULT 0 NOT NULL,
	"first_value" numeric DEFAULT 0 NOT NULL,
	"difference_variance" numeric DEFAULT 0 NOT NULL,
	"first_version" integer
);
--> statement-breakpoint
ALTER TABLE "version" ADD COLUMN "history_rows" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "model_stream" ADD COLUMN "labelled_rows" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "window" ADD COLUMN "labelled_rows" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "window" ADD COLUMN "decided_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "window_to_judge" ON "window" USING btree ("model","number") WHERE "window"."judged_at" is null;--> statement-breakpoint
CREATE INDEX "window_to_decide" ON "window" USING btree ("model","number") WHERE "window"."judged_at" is not null and "window"."decided_at" is null;--> statement-breakpoint
CREATE INDEX "window_by_close" ON "window" USING btree ("model","closed_at");
--> statement-breakpoint
-- A row became labelled in the window of its first label, or in its own where the label came before it. One pass over
-- the labels; the locks that adding the columns took keep segments out until the end.
WITH "labelled" AS (
	SELECT l."model", l."prediction_id", min(l."known_window") AS "known" FROM "label" l
	WHERE l."prediction_id" IS NOT NULL GROUP BY l."model", l."prediction_id"
), "became" AS (
	SELECT p."model", greatest(labelled."known", p."window_number") AS "number", count(*) AS "rows" FROM "labelled" labelled
	JOIN "prediction" p ON p."model" = labelled."model" AND p."prediction_id" = labelled."prediction_id" GROUP BY 1, 2
), "known" AS (
	SELECT w."model", w."number", sum(coalesce(became."rows", 0)) OVER (PARTITION BY w."model" ORDER BY w."number") AS "rows"
	FROM "window" w LEFT JOIN "became" became ON became."model" = w."model" AND became."number" = w."number"
), "streams" AS (
	UPDATE "model_stream" s SET "labelled_rows" = total."rows"
	FROM (SELECT "model", sum("rows") AS "rows" FROM "became" GROUP BY "model") total WHERE total."model" = s."model"
)
UPDATE "window" w SET "labelled_rows" = known."rows", "decided_at" = (
	SELECT d."created_at" FROM "decision" d WHERE d."model" = w."model" AND d."key" = 'window/' || w."number"
) FROM "known" known WHERE known."model" = w."model" AND known."number" = w."number";--> statement-breakpoint
INSERT INTO "quality_total" SELECT "model", min("window_number"), max("window_number"), sum("rows"), sum("labelled_rows"),
	count("first_value"), coalesce(sum("compared_rows") FILTER (WHERE "first_value" IS NOT NULL), 0),
	coalesce(sum("value"::numeric) FILTER (WHERE "first_value" IS NOT NULL), 0), coalesce(sum("first_value"::numeric), 0),
	coalesce(sum("difference_variance"::numeric), 0), max("first_version")
FROM "window_quality" GROUP BY "model";--> statement-breakpoint
WITH RECURSIVE "line" AS (
	SELECT v."model", v."version", d."digest" FROM "version" v
	CROSS JOIN LATERAL jsonb_array_elements_text(v."snapshots") d("digest")
	UNION
	SELECT line."model", line."version", parent."digest" FROM "line" line JOIN "snapshot" s ON s."digest" = line."digest"
	CROSS JOIN LATERAL jsonb_array_elements_text(coalesce(s."manifest" -> 'parents', '[]'::jsonb)) parent("digest")
)
UPDATE "version" v SET "history_rows" = total."rows" FROM (
	SELECT line."model", line."version", sum(s."rows") AS "rows" FROM "line" line
	JOIN "snapshot" s ON s."digest" = line."digest" AND s."kind" = 'history' GROUP BY line."model", line."version"
) total WHERE total."model" = v."model" AND total."version" = v."version";
