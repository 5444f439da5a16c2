CREATE TABLE "snapshot_branch" (
	"model" text PRIMARY KEY NOT NULL,
	"origin" text NOT NULL,
	"digest" text NOT NULL,
	"actor" text NOT NULL,
	"reason" text NOT NULL,
	"since" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE INDEX "snapshot_branch_of" ON "snapshot_branch" USING btree ("origin","model");--> statement-breakpoint
CREATE INDEX "snapshot_branched" ON "snapshot" USING btree ("model","spec_revision") WHERE "snapshot"."manifest" -> 'branched' is not null;--> statement-breakpoint
CREATE INDEX "snapshot_of_branched" ON "snapshot" USING btree (("manifest" -> 'branched' ->> 'snapshot')) WHERE "snapshot"."manifest" -> 'branched' is not null;