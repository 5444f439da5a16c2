CREATE TABLE "experiment" (
	"model" text NOT NULL,
	"number" integer NOT NULL,
	"snapshot" text NOT NULL,
	"metric" text NOT NULL,
	"champion" integer,
	"actor" text NOT NULL,
	"reason" text NOT NULL,
	"result" jsonb,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "experiment_model_number_pk" PRIMARY KEY("model","number")
);
--> statement-breakpoint
CREATE TABLE "experiment_candidate" (
	"model" text NOT NULL,
	"number" integer NOT NULL,
	"candidate" integer NOT NULL,
	"name" text NOT NULL,
	"spec" jsonb NOT NULL,
	"spec_digest" text NOT NULL,
	"outcome" jsonb,
	"scores_digest" text,
	"reason" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "experiment_candidate_model_number_candidate_pk" PRIMARY KEY("model","number","candidate")
);
--> statement-breakpoint
CREATE INDEX "experiment_by_time" ON "experiment" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "experiment_candidate_by_time" ON "experiment_candidate" USING btree ("created_at");