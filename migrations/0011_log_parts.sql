CREATE TABLE "log_part" (
	"part" integer PRIMARY KEY NOT NULL,
	"from_at" timestamp (3) with time zone NOT NULL,
	"to_at" timestamp (3) with time zone NOT NULL,
	"frozen_at" timestamp (3) with time zone,
	"dropped_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "id_ledger" (
	"key" uuid NOT NULL,
	"part" integer NOT NULL,
	CONSTRAINT "id_ledger_key_part_pk" PRIMARY KEY("key","part")
) PARTITION BY LIST ("part");
--> statement-breakpoint
CREATE TABLE "sealed_stretch" (
	"model" text NOT NULL,
	"kind" text NOT NULL,
	"part" integer NOT NULL,
	"first_place" bigint NOT NULL,
	"last_place" bigint NOT NULL,
	"rows" bigint NOT NULL,
	"place_sum" bigint NOT NULL,
	"first_window" integer NOT NULL,
	"last_window" integer NOT NULL,
	"first_seq" bigint,
	"last_seq" bigint,
	"from_at" timestamp (3) with time zone NOT NULL,
	"to_at" timestamp (3) with time zone NOT NULL,
	"sums" jsonb NOT NULL,
	"bytes" bigint NOT NULL,
	"file_digest" text NOT NULL,
	"index_digest" text,
	"manifest_digest" text NOT NULL,
	"sealed_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "sealed_stretch_model_kind_first_place_pk" PRIMARY KEY("model","kind","first_place")
);
--> statement-breakpoint
CREATE INDEX "sealed_stretch_by_seq" ON "sealed_stretch" USING btree ("model","kind","last_seq");--> statement-breakpoint
CREATE INDEX "sealed_stretch_by_part" ON "sealed_stretch" USING btree ("part");--> statement-breakpoint
ALTER TABLE "model_stream" ADD COLUMN "part" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
-- What stands becomes part 0 under the names that its successors have, with its keys and indexes: nothing is rewritten,
-- and the checks that the migration before has proved spare reading the rows.
ALTER TABLE "label" ADD COLUMN "prediction_seq" bigint;--> statement-breakpoint
ALTER TABLE "prediction" RENAME TO "prediction_part_0";--> statement-breakpoint
ALTER TABLE "label" RENAME TO "label_part_0";--> statement-breakpoint
ALTER TABLE "prediction_part_0" RENAME CONSTRAINT "prediction_model_prediction_id_pk" TO "prediction_part_0_by_id";--> statement-breakpoint
ALTER TABLE "prediction_part_0" RENAME CONSTRAINT "prediction_by_seq" TO "prediction_part_0_by_seq";--> statement-breakpoint
ALTER INDEX "prediction_by_entity" RENAME TO "prediction_part_0_by_entity";--> statement-breakpoint
ALTER TABLE "label_part_0" RENAME CONSTRAINT "label_pkey" TO "label_part_0_by_place";--> statement-breakpoint
ALTER TABLE "label_part_0" RENAME CONSTRAINT "label_once" TO "label_part_0_by_id";--> statement-breakpoint
ALTER INDEX "label_by_prediction" RENAME TO "label_part_0_by_prediction";--> statement-breakpoint
ALTER INDEX "label_by_known" RENAME TO "label_part_0_by_known";--> statement-breakpoint
ALTER INDEX "label_by_entity" RENAME TO "label_part_0_by_entity";--> statement-breakpoint
CREATE TABLE "prediction" (LIKE "prediction_part_0" INCLUDING DEFAULTS) PARTITION BY LIST ("part");--> statement-breakpoint
CREATE TABLE "label" (LIKE "label_part_0" INCLUDING DEFAULTS) PARTITION BY LIST ("part");--> statement-breakpoint
ALTER TABLE "prediction" ATTACH PARTITION "prediction_part_0" FOR VALUES IN (0);--> statement-breakpoint
ALTER TABLE "label" ATTACH PARTITION "label_part_0" FOR VALUES IN (0);--> statement-breakpoint
-- The sequence outlives the partition that it came with.
ALTER SEQUENCE "label_label_seq_seq" OWNED BY "label"."label_seq";--> statement-breakpoint
INSERT INTO "log_part" ("part", "from_at", "to_at") VALUES (0, 'epoch', now());--> statement-breakpoint
-- Partitions of one part, where they are missing. Made apart and then attached: that lock lets readers and writers go on.
CREATE FUNCTION make_log_partitions(wanted integer) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
	predictions text := format('prediction_part_%s', wanted);
	labels text := format('label_part_%s', wanted);
	ids text := format('id_ledger_part_%s', wanted);
	dropped boolean := EXISTS (SELECT 1 FROM log_part p WHERE p.part = wanted AND p.dropped_at IS NOT NULL);
BEGIN
	IF NOT dropped AND to_regclass(predictions) IS NULL THEN
		EXECUTE format('CREATE TABLE %I (LIKE prediction INCLUDING DEFAULTS)', predictions);
		EXECUTE format('ALTER TABLE %1$I ADD CONSTRAINT %2$I PRIMARY KEY (model, prediction_id), ADD CONSTRAINT %3$I UNIQUE (model, seq)', predictions, predictions || '_by_id', predictions || '_by_seq');
		EXECUTE format('CREATE INDEX %2$I ON %1$I (model, entity_hash, event_time_ms)', predictions, predictions || '_by_entity');
		EXECUTE format('ALTER TABLE prediction ATTACH PARTITION %I FOR VALUES IN (%s)', predictions, wanted);
	END IF;
	IF NOT dropped AND to_regclass(labels) IS NULL THEN
		EXECUTE format('CREATE TABLE %I (LIKE label INCLUDING DEFAULTS)', labels);
		EXECUTE format('ALTER TABLE %1$I ADD CONSTRAINT %2$I PRIMARY KEY (label_seq), ADD CONSTRAINT %3$I UNIQUE (model, label_id)', labels, labels || '_by_place', labels || '_by_id');
		EXECUTE format('CREATE INDEX %2$I ON %1$I (model, prediction_id)', labels, labels || '_by_prediction');
		EXECUTE format('CREATE INDEX %2$I ON %1$I (model, known_seq)', labels, labels || '_by_known');
		EXECUTE format('CREATE INDEX %2$I ON %1$I (model, entity_hash, event_time_ms)', labels, labels || '_by_entity');
		EXECUTE format('CREATE INDEX %2$I ON %1$I (model, prediction_id) WHERE prediction_seq IS NULL', labels, labels || '_waiting');
		EXECUTE format('ALTER TABLE label ATTACH PARTITION %I FOR VALUES IN (%s)', labels, wanted);
	END IF;
	-- Part 0 is older than the ledger: its own keys say what it holds.
	IF wanted > 0 AND to_regclass(ids) IS NULL THEN
		EXECUTE format('CREATE TABLE %I (LIKE id_ledger)', ids);
		EXECUTE format('ALTER TABLE %I ADD PRIMARY KEY (key, part)', ids);
		EXECUTE format('ALTER TABLE id_ledger ATTACH PARTITION %I FOR VALUES IN (%s)', ids, wanted);
	END IF;
END $$;--> statement-breakpoint
-- Parts follow one another until one ends after `ahead_ms` from now; answers how many were made. At most 100 at once: a
-- width of nothing would not end.
CREATE FUNCTION open_log_parts(part_ms bigint, ahead_ms bigint) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
	newest log_part;
	made integer := 0;
BEGIN
	PERFORM pg_advisory_xact_lock(1886545516);
	LOOP
		SELECT * INTO newest FROM log_part ORDER BY part DESC LIMIT 1;
		EXIT WHEN newest.to_at > now() + ahead_ms * interval '1 millisecond' OR made >= 100;
		INSERT INTO log_part (part, from_at, to_at) VALUES (newest.part + 1, newest.to_at, greatest(newest.to_at, now()) + part_ms * interval '1 millisecond');
		PERFORM make_log_partitions(newest.part + 1);
		made := made + 1;
	END LOOP;
	RETURN made;
END $$;--> statement-breakpoint
-- Where a row of now belongs, the oldest part within the horizon of repeated ids, and the oldest that may be written to.
CREATE FUNCTION log_place(part_ms bigint, horizon_ms bigint) RETURNS TABLE (part integer, horizon integer, floor integer) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
	-- The store does not depend on the workflow that makes parts ahead.
	IF NOT EXISTS (SELECT 1 FROM log_part p WHERE p.to_at > now()) THEN PERFORM open_log_parts(part_ms, 0); END IF;
	RETURN QUERY SELECT
		(SELECT min(p.part) FROM log_part p WHERE p.to_at > now()),
		(SELECT min(p.part) FROM log_part p WHERE p.to_at > now() - horizon_ms * interval '1 millisecond'),
		(SELECT min(p.part) FROM log_part p WHERE p.frozen_at IS NULL);
END $$;--> statement-breakpoint
CREATE FUNCTION refuse_frozen_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'this part of the log is being sealed' USING ERRCODE = 'object_not_in_prerequisite_state';
END $$;--> statement-breakpoint
-- From here on nobody writes to the part. Making a trigger waits for writers and lets readers go on.
CREATE FUNCTION freeze_log_part(wanted integer) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
	name text;
BEGIN
	PERFORM pg_advisory_xact_lock(1886545516);
	IF EXISTS (SELECT 1 FROM log_part p WHERE p.part = wanted AND p.frozen_at IS NOT NULL) THEN RETURN; END IF;
	IF NOT EXISTS (SELECT 1 FROM log_part p WHERE p.part = wanted AND p.to_at <= now()) THEN
		RAISE EXCEPTION 'part % of the log is open', wanted USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	PERFORM set_config('lock_timeout', '5s', true);
	FOREACH name IN ARRAY ARRAY[format('prediction_part_%s', wanted), format('label_part_%s', wanted)] LOOP
		EXECUTE format('CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_frozen_part()', name);
	END LOOP;
	UPDATE log_part SET frozen_at = now() WHERE part = wanted;
END $$;--> statement-breakpoint
-- Drops the partitions of a frozen part whose rows all stand in sealed stretches, model by model, by number and by the sum
-- of their places. Its lock waits for five seconds, not for ever; whoever calls tries again.
CREATE FUNCTION drop_log_part(wanted integer) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
	wrong text;
BEGIN
	PERFORM pg_advisory_xact_lock(1886545516);
	IF EXISTS (SELECT 1 FROM log_part p WHERE p.part = wanted AND p.dropped_at IS NOT NULL) THEN RETURN false; END IF;
	IF NOT EXISTS (SELECT 1 FROM log_part p WHERE p.part = wanted AND p.frozen_at IS NOT NULL) THEN
		RAISE EXCEPTION 'part % of the log is not frozen', wanted USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	EXECUTE format($query$
		SELECT coalesce(l.model, s.model) FROM (
			SELECT model, 'predictions' AS kind, count(*) AS rows, sum(seq) AS places FROM %1$I GROUP BY model
			UNION ALL SELECT model, 'labels', count(*), sum(label_seq) FROM %2$I GROUP BY model
		) l FULL JOIN (
			SELECT model, kind, sum(rows) AS rows, sum(place_sum) AS places FROM sealed_stretch WHERE part = $1 GROUP BY model, kind
		) s USING (model, kind)
		WHERE l.rows IS DISTINCT FROM s.rows OR l.places IS DISTINCT FROM s.places LIMIT 1$query$,
		format('prediction_part_%s', wanted), format('label_part_%s', wanted)) INTO wrong USING wanted;
	IF wrong IS NOT NULL THEN
		RAISE EXCEPTION 'part % of the log is not sealed: rows of % are missing', wanted, wrong USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	PERFORM set_config('lock_timeout', '5s', true);
	EXECUTE format('DROP TABLE %I, %I', format('prediction_part_%s', wanted), format('label_part_%s', wanted));
	UPDATE log_part SET dropped_at = now() WHERE part = wanted;
	RETURN true;
END $$;--> statement-breakpoint
-- Drops the ledgers of parts that lie behind the horizon; answers how many.
CREATE FUNCTION forget_log_ids(horizon_ms bigint) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
	old integer;
	forgotten integer := 0;
BEGIN
	PERFORM pg_advisory_xact_lock(1886545516);
	PERFORM set_config('lock_timeout', '5s', true);
	FOR old IN SELECT p.part FROM log_part p WHERE p.to_at <= now() - horizon_ms * interval '1 millisecond' AND to_regclass(format('id_ledger_part_%s', p.part)) IS NOT NULL ORDER BY p.part LIMIT 100 LOOP
		EXECUTE format('DROP TABLE %I', format('id_ledger_part_%s', old));
		forgotten := forgotten + 1;
	END LOOP;
	RETURN forgotten;
END $$;--> statement-breakpoint
SELECT open_log_parts(604800000, 604800000);
