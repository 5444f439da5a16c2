CREATE TABLE "approval_delegation" (
	"delegation_id" bigserial PRIMARY KEY NOT NULL,
	"model" text NOT NULL,
	"delegator" text NOT NULL,
	"delegate" text NOT NULL,
	"reason" text NOT NULL,
	"since" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"until" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"ended_by" text
);
--> statement-breakpoint
CREATE INDEX "approval_delegation_by_end" ON "approval_delegation" USING btree ("model","until");