CREATE TABLE "signing_secret" (
	"secret_id" bigserial PRIMARY KEY NOT NULL,
	"receiver" text NOT NULL,
	"secret" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"retires_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "upload" (
	"upload_id" uuid PRIMARY KEY NOT NULL,
	"token_id" uuid NOT NULL,
	"bytes" bigint NOT NULL,
	"started_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "webhook" ADD COLUMN "token_id" uuid;--> statement-breakpoint
CREATE INDEX "signing_secret_by_receiver" ON "signing_secret" USING btree ("receiver");--> statement-breakpoint
CREATE INDEX "upload_by_token" ON "upload" USING btree ("token_id","started_at");