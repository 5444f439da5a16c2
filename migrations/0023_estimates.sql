CREATE TABLE "proxy" (
	"model" text NOT NULL,
	"name" text NOT NULL,
	"prediction_id" text NOT NULL,
	"prediction_seq" bigint,
	"value" double precision NOT NULL,
	"known_seq" bigint NOT NULL,
	"known_window" integer NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "proxy_model_prediction_id_name_pk" PRIMARY KEY("model","prediction_id","name")
);
--> statement-breakpoint
CREATE TABLE "window_estimate" (
	"model" text NOT NULL,
	"window_number" integer NOT NULL,
	"version" integer NOT NULL,
	"is_corrected" boolean NOT NULL,
	"stated" jsonb NOT NULL,
	CONSTRAINT "window_estimate_model_window_number_pk" PRIMARY KEY("model","window_number")
);
--> statement-breakpoint
CREATE TABLE "window_proxy" (
	"model" text NOT NULL,
	"window_number" integer NOT NULL,
	"name" text NOT NULL,
	"version" integer NOT NULL,
	"rows" integer NOT NULL,
	"mean" double precision NOT NULL,
	CONSTRAINT "window_proxy_model_window_number_name_pk" PRIMARY KEY("model","window_number","name")
);
--> statement-breakpoint
CREATE INDEX "proxy_by_row" ON "proxy" USING btree ("model","name","prediction_seq");--> statement-breakpoint
CREATE INDEX "proxy_by_known" ON "proxy" USING btree ("model","known_seq");--> statement-breakpoint
CREATE INDEX "proxy_waiting" ON "proxy" USING btree ("model","prediction_id") WHERE "proxy"."prediction_seq" is null;--> statement-breakpoint
CREATE INDEX "window_estimate_by_version" ON "window_estimate" USING btree ("model","version","is_corrected","window_number");--> statement-breakpoint
CREATE INDEX "window_proxy_by_version" ON "window_proxy" USING btree ("model","name","version","window_number");