CREATE TABLE "annotation" (
	"annotation_id" bigserial PRIMARY KEY NOT NULL,
	"model" text NOT NULL,
	"version" integer,
	"kind" text NOT NULL,
	"text" text NOT NULL,
	"actor" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"removed_at" timestamp (3) with time zone,
	"removed_by" text
);
--> statement-breakpoint
CREATE TABLE "audit" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"event_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"type" text NOT NULL,
	"model" text,
	"subject" text NOT NULL,
	"actor" text NOT NULL,
	"token_id" uuid,
	"reason" text NOT NULL,
	"run_id" text,
	"evidence_id" bigint,
	"data" text NOT NULL,
	"previous_hash" text NOT NULL,
	"hash" text NOT NULL,
	CONSTRAINT "audit_event_id_unique" UNIQUE("event_id")
);
--> statement-breakpoint
CREATE TABLE "audit_staged" (
	"staged_id" bigserial PRIMARY KEY NOT NULL,
	"event_id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"type" text NOT NULL,
	"model" text,
	"subject" text NOT NULL,
	"actor" text NOT NULL,
	"token_id" uuid,
	"reason" text NOT NULL,
	"run_id" text,
	"evidence_id" bigint,
	"data" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "freeze" (
	"model" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"actor" text NOT NULL,
	"reason" text NOT NULL,
	"since" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "session" (
	"secret_hash" text PRIMARY KEY NOT NULL,
	"token_id" uuid NOT NULL,
	"csrf_hash" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "webhook" (
	"webhook_id" uuid PRIMARY KEY NOT NULL,
	"url" text NOT NULL,
	"models" text NOT NULL,
	"types" text[] NOT NULL,
	"cursor" bigint NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_delivered_at" timestamp (3) with time zone,
	"last_error" text,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"removed_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "window_quality" (
	"model" text NOT NULL,
	"window_number" integer NOT NULL,
	"rows" integer NOT NULL,
	"labelled_rows" integer NOT NULL,
	"realised" jsonb,
	"estimated" jsonb,
	"first_version" integer,
	"compared_rows" integer DEFAULT 0 NOT NULL,
	"value" double precision,
	"first_value" double precision,
	"difference_variance" double precision,
	"first_realised" jsonb,
	"measured_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "window_quality_model_window_number_pk" PRIMARY KEY("model","window_number")
);
--> statement-breakpoint
ALTER TABLE "alert" ADD COLUMN "closed_by" text;--> statement-breakpoint
ALTER TABLE "alert" ADD COLUMN "closed_reason" text;--> statement-breakpoint
ALTER TABLE "token" ADD COLUMN "created_by" text;--> statement-breakpoint
ALTER TABLE "token" ADD COLUMN "last_used_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "token" ADD COLUMN "rotated_into" uuid;--> statement-breakpoint
ALTER TABLE "version" ADD COLUMN "origin" text DEFAULT 'trained' NOT NULL;--> statement-breakpoint
ALTER TABLE "session" ADD CONSTRAINT "session_token_id_token_token_id_fk" FOREIGN KEY ("token_id") REFERENCES "public"."token"("token_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "annotation_by_model" ON "annotation" USING btree ("model","version");--> statement-breakpoint
CREATE INDEX "audit_by_model" ON "audit" USING btree ("model","seq");--> statement-breakpoint
CREATE INDEX "audit_by_type" ON "audit" USING btree ("type","seq");--> statement-breakpoint
CREATE INDEX "audit_by_actor" ON "audit" USING btree ("actor","seq");--> statement-breakpoint
CREATE INDEX "session_by_expiry" ON "session" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "run_by_time" ON "run" USING btree ("started_at","run_id");