CREATE TABLE "online_entity" (
	"view" text NOT NULL,
	"digest" text NOT NULL,
	"generation" integer NOT NULL,
	"entity" text NOT NULL,
	"event_ms" bigint,
	"available_ms" bigint,
	"seq" bigint,
	"numbers" double precision[] NOT NULL,
	"texts" text[] NOT NULL,
	"known_ms" bigint,
	"waiting" jsonb NOT NULL,
	"tiles" jsonb,
	CONSTRAINT "online_entity_view_digest_generation_entity_pk" PRIMARY KEY("view","digest","generation","entity")
);
--> statement-breakpoint
CREATE TABLE "online_view" (
	"view" text NOT NULL,
	"digest" text NOT NULL,
	"generation" integer DEFAULT 1 NOT NULL,
	"generation_max" integer DEFAULT 1 NOT NULL,
	"snapshot" text,
	"building" jsonb,
	"sequence" bigint DEFAULT 0 NOT NULL,
	"rows" bigint DEFAULT 0 NOT NULL,
	"built_at" timestamp (3) with time zone,
	"look_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"problem" text,
	"wanted_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "online_view_view_digest_pk" PRIMARY KEY("view","digest")
);
--> statement-breakpoint
CREATE TABLE "view_sample" (
	"sample_id" bigserial PRIMARY KEY NOT NULL,
	"model" text NOT NULL,
	"view" text NOT NULL,
	"digest" text NOT NULL,
	"look" jsonb NOT NULL,
	"sampled_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "view_skew" (
	"model" text NOT NULL,
	"view" text NOT NULL,
	"equal" bigint NOT NULL,
	"different" bigint NOT NULL,
	"not_comparable" bigint NOT NULL,
	"last" jsonb,
	"checked_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "view_skew_model_view_pk" PRIMARY KEY("model","view")
);
--> statement-breakpoint
CREATE TABLE "view_use" (
	"model" text NOT NULL,
	"prediction_id" text NOT NULL,
	"uses" jsonb NOT NULL,
	"stored_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "view_use_model_prediction_id_pk" PRIMARY KEY("model","prediction_id")
);
--> statement-breakpoint
CREATE TABLE "view_use_day" (
	"model" text NOT NULL,
	"view" text NOT NULL,
	"day" text NOT NULL,
	"fresh" bigint NOT NULL,
	"stale" bigint NOT NULL,
	"missing" bigint NOT NULL,
	"late" bigint NOT NULL,
	CONSTRAINT "view_use_day_model_view_day_pk" PRIMARY KEY("model","view","day")
);
--> statement-breakpoint
ALTER TABLE "online_entity" ADD CONSTRAINT "online_entity_view_digest_online_view_view_digest_fk" FOREIGN KEY ("view","digest") REFERENCES "public"."online_view"("view","digest") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "online_entity_by_age" ON "online_entity" USING btree ("view","digest","event_ms");--> statement-breakpoint
CREATE INDEX "online_view_due" ON "online_view" USING btree ("look_at");--> statement-breakpoint
CREATE INDEX "view_sample_by_age" ON "view_sample" USING btree ("sampled_at");--> statement-breakpoint
CREATE INDEX "view_use_by_age" ON "view_use" USING btree ("stored_at");--> statement-breakpoint
CREATE INDEX "view_use_day_by_age" ON "view_use_day" USING btree ("day");