-- The log becomes parts by arrival. The tables that stand become part 0 as they are: adding a column with a constant
-- default rewrites nothing, and an unproved check reads nothing, so this lock is short.
ALTER TABLE "prediction" ADD COLUMN "part" integer DEFAULT 0 NOT NULL, ADD CONSTRAINT "prediction_is_part_0" CHECK ("part" = 0) NOT VALID;--> statement-breakpoint
ALTER TABLE "label" ADD COLUMN "part" integer DEFAULT 0 NOT NULL, ADD CONSTRAINT "label_is_part_0" CHECK ("part" = 0) NOT VALID;
