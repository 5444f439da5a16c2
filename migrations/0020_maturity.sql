-- Labels are found in the order of their rows: a row whose label came late stands beside those whose labels came early.
-- Labels of part 0 are older than the column that says where their row stands. What is being sealed stays as it is.
DO $$
DECLARE
	labels text;
BEGIN
	IF EXISTS (SELECT 1 FROM log_part p WHERE p.part = 0 AND p.frozen_at IS NULL) THEN
		UPDATE label l SET prediction_seq = p.seq FROM prediction p
		WHERE l.part = 0 AND l.prediction_seq IS NULL AND p.part = 0 AND p.model = l.model AND p.prediction_id = l.prediction_id;
	END IF;
	FOR labels IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'label'::regclass ORDER BY c.relname LOOP
		EXECUTE format('CREATE INDEX IF NOT EXISTS %2$I ON %1$I (model, prediction_seq)', labels, labels || '_by_row');
	END LOOP;
END $$;--> statement-breakpoint
CREATE OR REPLACE FUNCTION make_log_partitions(wanted integer) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
		EXECUTE format('CREATE INDEX %2$I ON %1$I (model, prediction_seq)', labels, labels || '_by_row');
		EXECUTE format('ALTER TABLE label ATTACH PARTITION %I FOR VALUES IN (%s)', labels, wanted);
	END IF;
	-- Part 0 is older than the ledger: its own keys say what it holds.
	IF wanted > 0 AND to_regclass(ids) IS NULL THEN
		EXECUTE format('CREATE TABLE %I (LIKE id_ledger)', ids);
		EXECUTE format('ALTER TABLE %I ADD PRIMARY KEY (key, part)', ids);
		EXECUTE format('ALTER TABLE id_ledger ATTACH PARTITION %I FOR VALUES IN (%s)', ids, wanted);
	END IF;
END $$;
