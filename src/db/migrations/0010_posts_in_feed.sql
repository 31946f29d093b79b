DROP INDEX "posts_of_author_to";--> statement-breakpoint
DROP INDEX "posts_of_author";--> statement-breakpoint
ALTER TABLE "posts" ADD COLUMN "feed_kind" text GENERATED ALWAYS AS (CASE type WHEN 'RESHARE' THEN 'RESHARE' ELSE visibility END) STORED NOT NULL;--> statement-breakpoint
CREATE INDEX "posts_of_author" ON "posts" USING btree ("author_id","created_at" DESC NULLS FIRST,"id" DESC NULLS FIRST,"feed_kind");