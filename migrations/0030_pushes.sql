CREATE TABLE "source_member" (
	"model" text NOT NULL,
	"member" text NOT NULL,
	"spec_revision" integer NOT NULL,
	"taken_rows" bigint DEFAULT 0 NOT NULL,
	"quarantined_rows" bigint DEFAULT 0 NOT NULL,
	"repeated_rows" bigint DEFAULT 0 NOT NULL,
	"taken_at" timestamp (3) with time zone,
	"looked_at" timestamp (3) with time zone,
	"lag_unread" bigint,
	"lag_unit" text,
	"is_lag_at_least" boolean DEFAULT false NOT NULL,
	"late" integer DEFAULT 0 NOT NULL,
	"stale_ms" bigint,
	"failures" integer DEFAULT 0 NOT NULL,
	"problem" text,
	"refusal" text,
	CONSTRAINT "source_member_model_member_pk" PRIMARY KEY("model","member")
);
--> statement-breakpoint
CREATE TABLE "push_key" (
	"model" text NOT NULL,
	"key_hash" text NOT NULL,
	"body_digest" text NOT NULL,
	"answer" jsonb NOT NULL,
	"stored_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "push_key_model_key_hash_pk" PRIMARY KEY("model","key_hash")
);
--> statement-breakpoint
CREATE TABLE "push_stream" (
	"model" text PRIMARY KEY NOT NULL,
	"last_row" bigint DEFAULT 0 NOT NULL,
	"received_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "pushed_batch" (
	"model" text NOT NULL,
	"last_row" bigint NOT NULL,
	"rows" integer NOT NULL,
	"bytes" integer NOT NULL,
	"body" "bytea",
	"digest" text,
	"received_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "pushed_batch_model_last_row_pk" PRIMARY KEY("model","last_row")
);
--> statement-breakpoint
CREATE INDEX "push_key_by_age" ON "push_key" USING btree ("stored_at");--> statement-breakpoint
CREATE INDEX "pushed_batch_loose" ON "pushed_batch" USING btree ("model","last_row") WHERE "pushed_batch"."body" is not null;--> statement-breakpoint
CREATE INDEX "pushed_batch_filed" ON "pushed_batch" USING btree ("model","last_row") WHERE "pushed_batch"."digest" is not null;