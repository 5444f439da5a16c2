CREATE TABLE "quarantine_decision" (
	"snapshot" text NOT NULL,
	"line" bigint NOT NULL,
	"decision" text NOT NULL,
	"replayed_into" text,
	"actor" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "quarantine_decision_snapshot_line_pk" PRIMARY KEY("snapshot","line")
);
--> statement-breakpoint
CREATE TABLE "quarantine_edit" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"snapshot" text NOT NULL,
	"rule_id" text,
	"line" bigint,
	"column_name" text NOT NULL,
	"value" text,
	"actor" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE INDEX "quarantine_edit_of" ON "quarantine_edit" USING btree ("snapshot","id");--> statement-breakpoint
CREATE INDEX "snapshot_with_quarantine" ON "snapshot" USING btree ("model","created_at") WHERE "snapshot"."quarantined_rows" > 0;