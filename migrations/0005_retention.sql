CREATE TABLE "condemned_artifact" (
	"digest" text PRIMARY KEY NOT NULL,
	"bytes" bigint NOT NULL,
	"condemned_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "legal_hold" (
	"model" text PRIMARY KEY NOT NULL,
	"actor" text NOT NULL,
	"reason" text NOT NULL,
	"since" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "model_storage" (
	"model" text PRIMARY KEY NOT NULL,
	"predictions" bigint NOT NULL,
	"bytes_per_prediction" double precision,
	"prediction_bytes" bigint NOT NULL,
	"label_bytes" bigint NOT NULL,
	"evidence_bytes" bigint NOT NULL,
	"artifact_bytes" bigint NOT NULL,
	"measured_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "removal" (
	"model" text NOT NULL,
	"what" text NOT NULL,
	"rows" bigint NOT NULL,
	"bytes" bigint NOT NULL,
	CONSTRAINT "removal_model_what_pk" PRIMARY KEY("model","what")
);
--> statement-breakpoint
CREATE TABLE "storage_sample" (
	"sampled_at" timestamp (3) with time zone PRIMARY KEY NOT NULL,
	"database_bytes" bigint NOT NULL,
	"artifact_bytes" bigint NOT NULL,
	"database_free_bytes" bigint,
	"artifact_free_bytes" bigint NOT NULL,
	"predictions" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "snapshot" ADD COLUMN "files_removed_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "command_by_age" ON "command" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "segment_by_age" ON "segment" USING btree ("stored_at");