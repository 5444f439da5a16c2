CREATE TABLE "feature_view" (
	"name" text PRIMARY KEY NOT NULL,
	"revision" integer NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "feature_view_revision" (
	"view" text NOT NULL,
	"revision" integer NOT NULL,
	"digest" text NOT NULL,
	"spec" jsonb NOT NULL,
	"actor" text NOT NULL,
	"first_read_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "feature_view_revision_view_revision_pk" PRIMARY KEY("view","revision")
);
--> statement-breakpoint
ALTER TABLE "feature_view_revision" ADD CONSTRAINT "feature_view_revision_view_feature_view_name_fk" FOREIGN KEY ("view") REFERENCES "public"."feature_view"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "feature_view_by_digest" ON "feature_view_revision" USING btree ("view","digest","revision");--> statement-breakpoint
CREATE INDEX "snapshot_of_view" ON "snapshot" USING btree ("model",("manifest" -> 'view' ->> 'digest'),"created_at") WHERE "snapshot"."kind" = 'view' and "snapshot"."files_removed_at" is null;