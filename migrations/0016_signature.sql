CREATE TABLE "backup_key" (
	"key_id" integer PRIMARY KEY DEFAULT 1 NOT NULL,
	"public_key" text NOT NULL,
	"private_key" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "backup_key_is_one" CHECK ("backup_key"."key_id" = 1)
);
