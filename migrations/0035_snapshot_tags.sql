CREATE TABLE "edition_use" (
	"model" text NOT NULL,
	"decision_key" text NOT NULL,
	"publisher" text NOT NULL,
	"tag" text NOT NULL,
	"edition" integer NOT NULL,
	"run_id" text NOT NULL,
	"used_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "edition_use_model_decision_key_publisher_tag_pk" PRIMARY KEY("model","decision_key","publisher","tag")
);
--> statement-breakpoint
CREATE TABLE "snapshot_edition" (
	"model" text NOT NULL,
	"tag" text NOT NULL,
	"edition" integer NOT NULL,
	"digest" text NOT NULL,
	"actor" text NOT NULL,
	"reason" text NOT NULL,
	"published_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "snapshot_edition_model_tag_edition_pk" PRIMARY KEY("model","tag","edition")
);
--> statement-breakpoint
CREATE TABLE "snapshot_publication" (
	"model" text NOT NULL,
	"tag" text NOT NULL,
	"edition" integer NOT NULL,
	"digest" text NOT NULL,
	"readers" text[] NOT NULL,
	"subscribers" text[] NOT NULL,
	"published_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"withdrawn_at" timestamp (3) with time zone,
	CONSTRAINT "snapshot_publication_model_tag_pk" PRIMARY KEY("model","tag")
);
--> statement-breakpoint
CREATE TABLE "snapshot_subscription" (
	"model" text NOT NULL,
	"publisher" text NOT NULL,
	"tag" text NOT NULL,
	"through_edition" integer NOT NULL,
	"actor" text NOT NULL,
	"since" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "snapshot_subscription_model_publisher_tag_pk" PRIMARY KEY("model","publisher","tag")
);
--> statement-breakpoint
CREATE TABLE "snapshot_tag" (
	"model" text NOT NULL,
	"tag" text NOT NULL,
	"digest" text,
	"move_id" bigint NOT NULL,
	CONSTRAINT "snapshot_tag_model_tag_pk" PRIMARY KEY("model","tag")
);
--> statement-breakpoint
CREATE TABLE "snapshot_tag_move" (
	"move_id" bigserial PRIMARY KEY NOT NULL,
	"model" text NOT NULL,
	"tag" text NOT NULL,
	"digest" text,
	"before_move" bigint,
	"actor" text NOT NULL,
	"reason" text NOT NULL,
	"moved_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE INDEX "edition_use_of" ON "edition_use" USING btree ("publisher","tag","edition","used_at");--> statement-breakpoint
CREATE INDEX "snapshot_edition_of" ON "snapshot_edition" USING btree ("digest");--> statement-breakpoint
CREATE INDEX "snapshot_publication_of" ON "snapshot_publication" USING btree ("digest");--> statement-breakpoint
CREATE INDEX "snapshot_subscription_to" ON "snapshot_subscription" USING btree ("publisher","tag");--> statement-breakpoint
CREATE INDEX "snapshot_tag_of" ON "snapshot_tag" USING btree ("digest");--> statement-breakpoint
CREATE INDEX "snapshot_tag_move_of" ON "snapshot_tag_move" USING btree ("model","tag","move_id");