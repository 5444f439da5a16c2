CREATE TABLE "backup_taken" (
	"place" text NOT NULL,
	"name" text NOT NULL,
	"taken_at" timestamp (3) with time zone NOT NULL,
	"ends_at" timestamp (3) with time zone,
	CONSTRAINT "backup_taken_place_name_pk" PRIMARY KEY("place","name")
);
--> statement-breakpoint
CREATE TABLE "erasure" (
	"erasure_id" uuid PRIMARY KEY NOT NULL,
	"scope" text NOT NULL,
	"name" text NOT NULL,
	"key_column" text,
	"entity" text NOT NULL,
	"is_dry_run" boolean NOT NULL,
	"actor" text NOT NULL,
	"reason" text NOT NULL,
	"status" text NOT NULL,
	"report" jsonb,
	"started_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"lifted_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "erasure_ack" (
	"erasure_id" uuid NOT NULL,
	"place_id" uuid NOT NULL,
	"records" bigint NOT NULL,
	"acked_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "erasure_ack_erasure_id_place_id_pk" PRIMARY KEY("erasure_id","place_id")
);
--> statement-breakpoint
CREATE TABLE "erasure_count" (
	"erasure_id" uuid NOT NULL,
	"owner" text NOT NULL,
	"place" text NOT NULL,
	"item" text NOT NULL,
	"rows" bigint NOT NULL,
	CONSTRAINT "erasure_count_erasure_id_owner_place_item_pk" PRIMARY KEY("erasure_id","owner","place","item")
);
--> statement-breakpoint
CREATE TABLE "erasure_hash" (
	"model" text NOT NULL,
	"entity_hash" text NOT NULL,
	"erasure_id" uuid NOT NULL,
	"erased_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "erasure_hash_model_entity_hash_erasure_id_pk" PRIMARY KEY("model","entity_hash","erasure_id")
);
--> statement-breakpoint
CREATE TABLE "erasure_row" (
	"erasure_id" uuid NOT NULL,
	"model" text NOT NULL,
	"seq" bigint NOT NULL,
	"prediction_id" text NOT NULL,
	CONSTRAINT "erasure_row_erasure_id_model_seq_pk" PRIMARY KEY("erasure_id","model","seq")
);
--> statement-breakpoint
CREATE TABLE "erasure_subject" (
	"erasure_id" uuid PRIMARY KEY NOT NULL,
	"entity" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "exclusion" (
	"owner" text NOT NULL,
	"hash" text NOT NULL,
	"erasure_id" uuid NOT NULL,
	CONSTRAINT "exclusion_owner_hash_erasure_id_pk" PRIMARY KEY("owner","hash","erasure_id")
);
--> statement-breakpoint
CREATE TABLE "exclusion_key" (
	"key_id" integer PRIMARY KEY DEFAULT 1 NOT NULL,
	"key" text NOT NULL,
	CONSTRAINT "exclusion_key_is_one" CHECK ("exclusion_key"."key_id" = 1)
);
--> statement-breakpoint
CREATE TABLE "spool_place" (
	"place_id" uuid PRIMARY KEY NOT NULL,
	"seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tombstone" (
	"digest" text PRIMARY KEY NOT NULL,
	"what" text NOT NULL,
	"owner" text NOT NULL,
	"replaced_by" text,
	"erasure_id" uuid NOT NULL,
	"rows" bigint NOT NULL,
	"erased_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"swept_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "erasure_ack" ADD CONSTRAINT "erasure_ack_erasure_id_erasure_erasure_id_fk" FOREIGN KEY ("erasure_id") REFERENCES "public"."erasure"("erasure_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "erasure_count" ADD CONSTRAINT "erasure_count_erasure_id_erasure_erasure_id_fk" FOREIGN KEY ("erasure_id") REFERENCES "public"."erasure"("erasure_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "erasure_hash" ADD CONSTRAINT "erasure_hash_erasure_id_erasure_erasure_id_fk" FOREIGN KEY ("erasure_id") REFERENCES "public"."erasure"("erasure_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "erasure_row" ADD CONSTRAINT "erasure_row_erasure_id_erasure_erasure_id_fk" FOREIGN KEY ("erasure_id") REFERENCES "public"."erasure"("erasure_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "erasure_subject" ADD CONSTRAINT "erasure_subject_erasure_id_erasure_erasure_id_fk" FOREIGN KEY ("erasure_id") REFERENCES "public"."erasure"("erasure_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "exclusion" ADD CONSTRAINT "exclusion_erasure_id_erasure_erasure_id_fk" FOREIGN KEY ("erasure_id") REFERENCES "public"."erasure"("erasure_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tombstone" ADD CONSTRAINT "tombstone_erasure_id_erasure_erasure_id_fk" FOREIGN KEY ("erasure_id") REFERENCES "public"."erasure"("erasure_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "backup_taken_by_time" ON "backup_taken" USING btree ("taken_at");--> statement-breakpoint
CREATE INDEX "erasure_by_start" ON "erasure" USING btree ("started_at","erasure_id");--> statement-breakpoint
CREATE INDEX "erasure_running" ON "erasure" USING btree ("started_at") WHERE "erasure"."status" = 'running';--> statement-breakpoint
CREATE INDEX "erasure_ack_by_age" ON "erasure_ack" USING btree ("acked_at");--> statement-breakpoint
CREATE INDEX "erasure_hash_of" ON "erasure_hash" USING btree ("erasure_id","model");--> statement-breakpoint
CREATE INDEX "erasure_hash_by_age" ON "erasure_hash" USING btree ("erased_at");--> statement-breakpoint
CREATE INDEX "exclusion_of" ON "exclusion" USING btree ("erasure_id");--> statement-breakpoint
CREATE INDEX "tombstone_of" ON "tombstone" USING btree ("erasure_id","digest");--> statement-breakpoint
CREATE INDEX "tombstone_by_replacement" ON "tombstone" USING btree ("replaced_by");--> statement-breakpoint
-- A frozen part is written to by nobody but by an erasure, which runs as the owner and keeps files and rows alike.
CREATE OR REPLACE FUNCTION refuse_frozen_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'DELETE' AND current_setting('perennial.erasing', true) = 'on'
		AND current_user = (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = TG_RELID) THEN
		RETURN OLD;
	END IF;
	RAISE EXCEPTION 'this part of the log is being sealed' USING ERRCODE = 'object_not_in_prerequisite_state';
END $$;--> statement-breakpoint
-- Removes rows of the entity that an erasure is about from the log, frozen parts too: predictions at the positions that
-- it has written down, their labels, and labels under the names of the entity. Takes the lock of freezing and dropping,
-- so that no part is dropped between. Answers how many of each.
CREATE FUNCTION erase_log_rows(wanted uuid, of_model text, from_seq bigint, to_seq bigint) RETURNS TABLE (predictions bigint, labels bigint) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(1886545516);
	PERFORM set_config('perennial.erasing', 'on', true);
	WITH gone AS (
		DELETE FROM label l USING erasure_row r
		WHERE r.erasure_id = wanted AND r.model = of_model AND r.seq BETWEEN from_seq AND to_seq
			AND l.model = of_model AND l.prediction_id = r.prediction_id RETURNING 1
	) SELECT count(*) INTO labels FROM gone;
	WITH gone AS (
		DELETE FROM label l USING erasure_hash h
		WHERE h.erasure_id = wanted AND h.model = of_model AND l.model = of_model AND l.entity_hash = h.entity_hash
			AND l.received_at <= h.erased_at RETURNING 1
	) SELECT labels + count(*) INTO labels FROM gone;
	WITH gone AS (
		DELETE FROM prediction p USING erasure_row r
		WHERE r.erasure_id = wanted AND r.model = of_model AND r.seq BETWEEN from_seq AND to_seq
			AND p.model = of_model AND p.seq = r.seq RETURNING 1
	) SELECT count(*) INTO predictions FROM gone;
	PERFORM set_config('perennial.erasing', 'off', true);
	RETURN NEXT;
END $$;--> statement-breakpoint
-- What the planner has sampled of a column are cells of rows: after an erasure they are sampled anew.
CREATE FUNCTION forget_statistics() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
	ANALYZE prediction, label, proxy, view_use, view_sample, online_entity, quarantine_edit, rollout_entity, ab_test_entity, snapshot, erasure_subject, erasure_row;
END $$;
