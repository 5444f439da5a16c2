CREATE TABLE "ab_test" (
	"model" text NOT NULL,
	"number" integer NOT NULL,
	"status" text NOT NULL,
	"spec_revision" integer NOT NULL,
	"plan" jsonb NOT NULL,
	"declared" jsonb NOT NULL,
	"arms" jsonb NOT NULL,
	"state" jsonb NOT NULL,
	"standing" jsonb,
	"salt" text NOT NULL,
	"first_revision" integer,
	"last_revision" integer,
	"started_seq" bigint DEFAULT 0 NOT NULL,
	"ended_seq" bigint,
	"exposed_seq" bigint DEFAULT 0 NOT NULL,
	"counted_seq" bigint DEFAULT 0 NOT NULL,
	"looks" integer DEFAULT 0 NOT NULL,
	"looked_at" timestamp (3) with time zone,
	"actor" text NOT NULL,
	"why" text NOT NULL,
	"ending" text,
	"reason" text,
	"evidence_id" bigint,
	"started_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"begun_at" timestamp (3) with time zone,
	"deadline_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "ab_test_model_number_pk" PRIMARY KEY("model","number")
);
--> statement-breakpoint
CREATE TABLE "ab_test_entity" (
	"model" text NOT NULL,
	"number" integer NOT NULL,
	"entity" text NOT NULL,
	"version" integer NOT NULL,
	"first_seq" bigint NOT NULL,
	"failed_seq" bigint,
	"counted_seq" bigint,
	CONSTRAINT "ab_test_entity_model_number_entity_pk" PRIMARY KEY("model","number","entity")
);
--> statement-breakpoint
ALTER TABLE "routing" ADD COLUMN "ab_test_lease_until" timestamp (3) with time zone;--> statement-breakpoint
CREATE UNIQUE INDEX "ab_test_open" ON "ab_test" USING btree ("model") WHERE "ab_test"."ended_at" is null;