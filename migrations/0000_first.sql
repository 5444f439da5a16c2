CREATE TABLE "alert" (
	"alert_id" bigserial PRIMARY KEY NOT NULL,
	"model" text NOT NULL,
	"kind" text NOT NULL,
	"subject" text NOT NULL,
	"severity" text NOT NULL,
	"title" text NOT NULL,
	"body" text NOT NULL,
	"opened_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"closed_at" timestamp (3) with time zone,
	CONSTRAINT "alert_once" UNIQUE("model","kind","subject")
);
--> statement-breakpoint
CREATE TABLE "alias_move" (
	"move_id" bigserial PRIMARY KEY NOT NULL,
	"model" text NOT NULL,
	"alias" text NOT NULL,
	"from_version" integer,
	"to_version" integer,
	"actor" text NOT NULL,
	"why" text NOT NULL,
	"evidence_id" bigint,
	"routing_revision" integer NOT NULL,
	"moved_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "alias_move_once" UNIQUE("model","alias","routing_revision")
);
--> statement-breakpoint
CREATE TABLE "command" (
	"command_id" uuid PRIMARY KEY NOT NULL,
	"model" text NOT NULL,
	"kind" text NOT NULL,
	"actor" text NOT NULL,
	"body" jsonb NOT NULL,
	"body_hash" text NOT NULL,
	"status" text NOT NULL,
	"answer" jsonb,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"answered_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "counter" (
	"model" text NOT NULL,
	"window_number" integer NOT NULL,
	"version" integer NOT NULL,
	"arm" text NOT NULL,
	"routing_revision" integer NOT NULL,
	"rows" integer NOT NULL,
	"failed" integer NOT NULL,
	"slow" integer NOT NULL,
	"latency_sum_us" bigint NOT NULL,
	"latency_max_us" bigint NOT NULL,
	"cells" jsonb NOT NULL,
	CONSTRAINT "counter_model_window_number_version_arm_routing_revision_pk" PRIMARY KEY("model","window_number","version","arm","routing_revision")
);
--> statement-breakpoint
CREATE TABLE "decision" (
	"model" text NOT NULL,
	"key" text NOT NULL,
	"window_number" integer NOT NULL,
	"retrain" boolean NOT NULL,
	"trigger" text,
	"blocked_by" text,
	"reason" text NOT NULL,
	"considered" jsonb NOT NULL,
	"run_id" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "decision_model_key_pk" PRIMARY KEY("model","key")
);
--> statement-breakpoint
CREATE TABLE "evidence" (
	"evidence_id" bigserial PRIMARY KEY NOT NULL,
	"model" text NOT NULL,
	"kind" text NOT NULL,
	"subject" text NOT NULL,
	"verdict" text NOT NULL,
	"body" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "evidence_once" UNIQUE("model","kind","subject")
);
--> statement-breakpoint
CREATE TABLE "installation" (
	"installation_id" uuid PRIMARY KEY NOT NULL,
	"temporal_namespace" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "label" (
	"label_seq" bigserial PRIMARY KEY NOT NULL,
	"model" text NOT NULL,
	"label_id" text NOT NULL,
	"prediction_id" text,
	"entity_hash" text,
	"event_time_ms" bigint,
	"label" text NOT NULL,
	"known_seq" bigint NOT NULL,
	"known_window" integer NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "label_once" UNIQUE("model","label_id")
);
--> statement-breakpoint
CREATE TABLE "model" (
	"name" text PRIMARY KEY NOT NULL,
	"spec_revision" integer NOT NULL,
	"train_counter" integer DEFAULT 0 NOT NULL,
	"version_counter" integer DEFAULT 0 NOT NULL,
	"paused_by" text,
	"paused_reason" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "model_stream" (
	"model" text PRIMARY KEY NOT NULL,
	"last_seq" bigint DEFAULT 0 NOT NULL,
	"open_window" integer DEFAULT 1 NOT NULL,
	"open_rows" integer DEFAULT 0 NOT NULL,
	"open_first_seq" bigint DEFAULT 1 NOT NULL,
	"opened_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "prediction" (
	"model" text NOT NULL,
	"prediction_id" text NOT NULL,
	"seq" bigint NOT NULL,
	"window_number" integer NOT NULL,
	"requested_at" timestamp (3) with time zone NOT NULL,
	"event_time_ms" bigint,
	"entity_hash" text,
	"bucket" bigint NOT NULL,
	"arm" text NOT NULL,
	"stage" text NOT NULL,
	"challenger_weight" bigint NOT NULL,
	"version" integer NOT NULL,
	"correction" text NOT NULL,
	"routing_revision" integer NOT NULL,
	"spec_revision" integer NOT NULL,
	"numbers" double precision[] NOT NULL,
	"texts" text[] NOT NULL,
	"scores" double precision[] NOT NULL,
	"raw_scores" double precision[],
	"decision" text,
	"other_version" integer,
	"other_scores" double precision[],
	"other_raw_scores" double precision[],
	"other_decision" text,
	"failed" boolean NOT NULL,
	"latency_us" integer NOT NULL,
	CONSTRAINT "prediction_model_prediction_id_pk" PRIMARY KEY("model","prediction_id"),
	CONSTRAINT "prediction_by_seq" UNIQUE("model","seq")
);
--> statement-breakpoint
CREATE TABLE "rollout" (
	"model" text NOT NULL,
	"version" integer NOT NULL,
	"attempt" integer NOT NULL,
	"status" text NOT NULL,
	"step" integer DEFAULT -1 NOT NULL,
	"step_begun" boolean DEFAULT false NOT NULL,
	"step_started_seq" bigint DEFAULT 0 NOT NULL,
	"step_started_at" timestamp (3) with time zone,
	"base_version" integer,
	"spec_revision" integer NOT NULL,
	"salt" text NOT NULL,
	"first_revision" integer,
	"last_revision" integer,
	"started_seq" bigint DEFAULT 0 NOT NULL,
	"ended_seq" bigint,
	"looks" integer DEFAULT 0 NOT NULL,
	"settled_seq" bigint DEFAULT 0 NOT NULL,
	"requested" text,
	"requested_by" text,
	"requested_reason" text,
	"held_since" timestamp (3) with time zone,
	"reason" text,
	"evidence_id" bigint,
	"started_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "rollout_model_version_attempt_pk" PRIMARY KEY("model","version","attempt")
);
--> statement-breakpoint
CREATE TABLE "rollout_entity" (
	"model" text NOT NULL,
	"version" integer NOT NULL,
	"attempt" integer NOT NULL,
	"entity" text NOT NULL,
	"arm" text NOT NULL,
	"first_seq" bigint NOT NULL,
	"failed_seq" bigint,
	"failed_arm" text,
	"failed_weight" bigint,
	"failure_kind" text,
	CONSTRAINT "rollout_entity_model_version_attempt_entity_pk" PRIMARY KEY("model","version","attempt","entity")
);
--> statement-breakpoint
CREATE TABLE "routing" (
	"model" text PRIMARY KEY NOT NULL,
	"revision" integer NOT NULL,
	"entry" jsonb NOT NULL,
	"lease_until" timestamp (3) with time zone,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "routing_ack" (
	"process_id" uuid NOT NULL,
	"model" text NOT NULL,
	"revision" integer NOT NULL,
	"acked_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "routing_ack_process_id_model_pk" PRIMARY KEY("process_id","model")
);
--> statement-breakpoint
CREATE TABLE "run" (
	"run_id" text PRIMARY KEY NOT NULL,
	"model" text NOT NULL,
	"kind" text NOT NULL,
	"status" text NOT NULL,
	"trigger" text,
	"temporal_run_id" text,
	"detail" text,
	"input" jsonb NOT NULL,
	"output" jsonb,
	"started_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "segment" (
	"segment_id" text PRIMARY KEY NOT NULL,
	"process_id" text NOT NULL,
	"predictions" integer NOT NULL,
	"labels" integer NOT NULL,
	"stored_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "serving_member" (
	"process_id" uuid PRIMARY KEY NOT NULL,
	"lease_until" timestamp (3) with time zone NOT NULL,
	"started_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "snapshot" (
	"digest" text PRIMARY KEY NOT NULL,
	"model" text NOT NULL,
	"spec_revision" integer NOT NULL,
	"kind" text NOT NULL,
	"source_digest" text NOT NULL,
	"rows" bigint NOT NULL,
	"quarantined_rows" bigint NOT NULL,
	"through_window" integer DEFAULT 0 NOT NULL,
	"manifest" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "spec_revision" (
	"model" text NOT NULL,
	"revision" integer NOT NULL,
	"digest" text NOT NULL,
	"spec" jsonb NOT NULL,
	"actor" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "spec_revision_model_revision_pk" PRIMARY KEY("model","revision")
);
--> statement-breakpoint
CREATE TABLE "token" (
	"token_id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"secret_hash" text NOT NULL,
	"role" text NOT NULL,
	"scope" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "token_secret_hash_unique" UNIQUE("secret_hash")
);
--> statement-breakpoint
CREATE TABLE "version" (
	"model" text NOT NULL,
	"version" integer NOT NULL,
	"run_id" text NOT NULL,
	"status" text NOT NULL,
	"spec_revision" integer NOT NULL,
	"model_digest" text NOT NULL,
	"profile_digest" text NOT NULL,
	"correction" text NOT NULL,
	"threshold" double precision,
	"snapshots" jsonb NOT NULL,
	"report" jsonb NOT NULL,
	"labelled_rows" bigint NOT NULL,
	"through_window" integer NOT NULL,
	"gate_evidence_id" bigint,
	"gate_verdict" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "version_model_version_pk" PRIMARY KEY("model","version"),
	CONSTRAINT "version_run_id_unique" UNIQUE("run_id")
);
--> statement-breakpoint
CREATE TABLE "webhook_delivery" (
	"alert_id" bigint NOT NULL,
	"url" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"delivered_at" timestamp (3) with time zone,
	"last_error" text,
	"next_attempt_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "webhook_delivery_alert_id_url_pk" PRIMARY KEY("alert_id","url")
);
--> statement-breakpoint
CREATE TABLE "window" (
	"model" text NOT NULL,
	"number" integer NOT NULL,
	"rows" integer NOT NULL,
	"first_seq" bigint NOT NULL,
	"last_seq" bigint NOT NULL,
	"opened_at" timestamp (3) with time zone NOT NULL,
	"closed_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"judged_at" timestamp (3) with time zone,
	"verdict" text,
	"evidence_id" bigint,
	CONSTRAINT "window_model_number_pk" PRIMARY KEY("model","number")
);
--> statement-breakpoint
ALTER TABLE "spec_revision" ADD CONSTRAINT "spec_revision_model_model_name_fk" FOREIGN KEY ("model") REFERENCES "public"."model"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "alert_by_model" ON "alert" USING btree ("model","opened_at");--> statement-breakpoint
CREATE INDEX "alias_move_by_model" ON "alias_move" USING btree ("model","alias","moved_at");--> statement-breakpoint
CREATE INDEX "command_by_model" ON "command" USING btree ("model","created_at");--> statement-breakpoint
CREATE INDEX "decision_by_time" ON "decision" USING btree ("model","created_at");--> statement-breakpoint
CREATE INDEX "label_by_prediction" ON "label" USING btree ("model","prediction_id");--> statement-breakpoint
CREATE INDEX "label_by_known" ON "label" USING btree ("model","known_seq");--> statement-breakpoint
CREATE INDEX "label_by_entity" ON "label" USING btree ("model","entity_hash","event_time_ms");--> statement-breakpoint
CREATE INDEX "prediction_by_entity" ON "prediction" USING btree ("model","entity_hash","event_time_ms");--> statement-breakpoint
CREATE INDEX "run_by_model" ON "run" USING btree ("model","started_at");--> statement-breakpoint
CREATE INDEX "snapshot_by_model" ON "snapshot" USING btree ("model","created_at");--> statement-breakpoint
CREATE INDEX "webhook_due" ON "webhook_delivery" USING btree ("delivered_at","next_attempt_at");--> statement-breakpoint
CREATE INDEX "window_unjudged" ON "window" USING btree ("judged_at","closed_at");