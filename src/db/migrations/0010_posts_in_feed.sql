DROP INDEX "posts_of_author_to";--> statement-breakpoint
ALTER TABLE "posts" ADD COLUMN "feed_kind" text GENERATED ALWAYS AS (CASE type WHEN 'RESHARE' THEN 'RESHARE' ELSE visibility END) STORED NOT NULL;--> statement-breakpoint
CREATE INDEX "posts_of_author_in_feed" ON "posts" USING btree ("author_id","feed_kind","created_at" DESC NULLS FIRST,"id" DESC NULLS FIRST);