CREATE TABLE "trainer_worker" (
	"token_id" uuid NOT NULL,
	"name" text NOT NULL,
	"queue" text NOT NULL,
	"tags" text[] NOT NULL,
	"memory_gb" real,
	"slots" integer NOT NULL,
	"gpus" jsonb NOT NULL,
	"trainers" text[] NOT NULL,
	"package" text NOT NULL,
	"running" text[] NOT NULL,
	"since" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "trainer_worker_token_id_name_pk" PRIMARY KEY("token_id","name")
);
--> statement-breakpoint
CREATE TABLE "training_access" (
	"secret_hash" text PRIMARY KEY NOT NULL,
	"run_id" text NOT NULL,
	"token_id" uuid NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "training_fit" (
	"run_id" text PRIMARY KEY NOT NULL,
	"model" text NOT NULL,
	"queue" text NOT NULL,
	"trainer" text NOT NULL,
	"tag" text,
	"memory_gb" real,
	"files_bytes_max" bigint NOT NULL,
	"asked_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "training_share" (
	"run_id" text NOT NULL,
	"side" text NOT NULL,
	"path" text NOT NULL,
	"digest" text NOT NULL,
	"bytes" bigint NOT NULL,
	"shared_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "training_share_run_id_side_path_pk" PRIMARY KEY("run_id","side","path")
);
--> statement-breakpoint
CREATE INDEX "trainer_worker_by_time" ON "trainer_worker" USING btree ("seen_at");--> statement-breakpoint
CREATE INDEX "training_access_of_run" ON "training_access" USING btree ("run_id","expires_at");--> statement-breakpoint
CREATE INDEX "training_access_by_end" ON "training_access" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "training_fit_by_time" ON "training_fit" USING btree ("asked_at");--> statement-breakpoint
CREATE INDEX "training_share_by_digest" ON "training_share" USING btree ("digest");