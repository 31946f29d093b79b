-- Counters of posts and of what hangs on them, kept whichever code path writes, by the statement: taking a thousand likes
-- away at once is one change of a counter. What hangs on a post that is deleted goes after its row, and no longer counts
-- for the author: the post takes all of it along.
ALTER TABLE "post_stats" SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 200);
--> statement-breakpoint
-- The key that addresses of private pictures are signed with.
INSERT INTO "server_keys" ("name", "key")
VALUES ('media', sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')));
--> statement-breakpoint
CREATE FUNCTION "posts_come"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO post_stats (post_id, last_activity_at) SELECT id, created_at FROM come;
  UPDATE user_stats u SET posts = u.posts + n.posts, statuses = u.statuses + n.statuses,
    discussions = u.discussions + n.discussions, polls = u.polls + n.polls
  FROM (
    SELECT author_id, count(*) AS posts, count(*) FILTER (WHERE type = 'STATUS') AS statuses,
      count(*) FILTER (WHERE type = 'DISCUSSION') AS discussions, count(*) FILTER (WHERE type = 'POLL') AS polls
    FROM come WHERE visibility = 'PUBLIC' GROUP BY author_id
  ) n WHERE u.user_id = n.author_id;
  UPDATE room_stats r SET posts = r.posts + n.posts
  FROM (SELECT room_id, count(*) AS posts FROM come WHERE room_id IS NOT NULL GROUP BY room_id) n
  WHERE r.room_id = n.room_id;
  UPDATE post_stats s SET reshares = s.reshares + n.reshares
  FROM (SELECT root_id, count(*) AS reshares FROM come WHERE root_id IS NOT NULL GROUP BY root_id) n
  WHERE s.post_id = n.root_id;
  UPDATE user_stats u SET reputation = u.reputation + 2 * n.reshares
  FROM (
    SELECT root.author_id, count(*) AS reshares FROM come JOIN posts root ON root.id = come.root_id
    WHERE come.author_id <> root.author_id GROUP BY root.author_id
  ) n WHERE u.user_id = n.author_id;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "posts_come" AFTER INSERT ON "posts" REFERENCING NEW TABLE AS "come" FOR EACH STATEMENT EXECUTE FUNCTION "posts_come"();
--> statement-breakpoint
-- Before the row goes, while what hangs on it is there to be counted.
CREATE FUNCTION "posts_go"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  counted post_stats%ROWTYPE;
  is_public integer := (OLD.visibility = 'PUBLIC')::int;
BEGIN
  SELECT * INTO counted FROM post_stats WHERE post_id = OLD.id;
  UPDATE user_stats SET
    posts = posts - is_public,
    statuses = statuses - is_public * (OLD.type = 'STATUS')::int,
    discussions = discussions - is_public * (OLD.type = 'DISCUSSION')::int,
    polls = polls - is_public * (OLD.type = 'POLL')::int,
    photos = photos - is_public * (SELECT count(*) FROM post_media WHERE post_id = OLD.id AND kind = 'PHOTO'),
    likes_received = likes_received - is_public * coalesce(counted.likes, 0),
    reputation = reputation - coalesce(counted.likes, 0) - 2 * coalesce(counted.reshares, 0)
      + (SELECT count(*) FROM post_likes WHERE post_id = OLD.id AND user_id = OLD.author_id)
  WHERE user_id = OLD.author_id;
  IF OLD.room_id IS NOT NULL THEN
    UPDATE room_stats SET posts = posts - 1 WHERE room_id = OLD.room_id;
  END IF;
  IF OLD.root_id IS NOT NULL THEN
    UPDATE post_stats SET reshares = reshares - 1 WHERE post_id = OLD.root_id;
    UPDATE user_stats SET reputation = reputation - 2
    WHERE user_id = (SELECT author_id FROM posts WHERE id = OLD.root_id) AND user_id <> OLD.author_id;
  END IF;
  RETURN OLD;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "posts_go" BEFORE DELETE ON "posts" FOR EACH ROW EXECUTE FUNCTION "posts_go"();
--> statement-breakpoint
CREATE FUNCTION "post_media_count"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE user_stats u SET photos = u.photos + CASE TG_OP WHEN 'INSERT' THEN n.photos ELSE -n.photos END
  FROM (
    SELECT p.author_id, count(*) AS photos FROM changed JOIN posts p ON p.id = changed.post_id
    WHERE changed.kind = 'PHOTO' AND p.visibility = 'PUBLIC' GROUP BY p.author_id
  ) n WHERE u.user_id = n.author_id;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "post_media_come" AFTER INSERT ON "post_media" REFERENCING NEW TABLE AS "changed" FOR EACH STATEMENT EXECUTE FUNCTION "post_media_count"();
--> statement-breakpoint
CREATE TRIGGER "post_media_go" AFTER DELETE ON "post_media" REFERENCING OLD TABLE AS "changed" FOR EACH STATEMENT EXECUTE FUNCTION "post_media_count"();
--> statement-breakpoint
CREATE TRIGGER "post_media_pictures_insert" AFTER INSERT ON "post_media" FOR EACH ROW WHEN (NEW.image IS NOT NULL) EXECUTE FUNCTION "media_files_follow"('image');
--> statement-breakpoint
CREATE TRIGGER "post_media_pictures_delete" AFTER DELETE ON "post_media" FOR EACH ROW WHEN (OLD.image IS NOT NULL) EXECUTE FUNCTION "media_files_follow"('image');
--> statement-breakpoint
CREATE FUNCTION "post_likes_count"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  step integer := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
BEGIN
  UPDATE post_stats s SET likes = s.likes + step * n.likes
  FROM (SELECT post_id, count(*) AS likes FROM changed GROUP BY post_id) n WHERE s.post_id = n.post_id;
  UPDATE user_stats u SET likes_received = u.likes_received + step * n.received, reputation = u.reputation + step * n.by_others
  FROM (
    SELECT p.author_id, count(*) FILTER (WHERE p.visibility = 'PUBLIC') AS received,
      count(*) FILTER (WHERE changed.user_id <> p.author_id) AS by_others
    FROM changed JOIN posts p ON p.id = changed.post_id GROUP BY p.author_id
  ) n WHERE u.user_id = n.author_id;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "post_likes_come" AFTER INSERT ON "post_likes" REFERENCING NEW TABLE AS "changed" FOR EACH STATEMENT EXECUTE FUNCTION "post_likes_count"();
--> statement-breakpoint
CREATE TRIGGER "post_likes_go" AFTER DELETE ON "post_likes" REFERENCING OLD TABLE AS "changed" FOR EACH STATEMENT EXECUTE FUNCTION "post_likes_count"();
--> statement-breakpoint
CREATE FUNCTION "comments_count"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    UPDATE post_stats s SET comments = s.comments + n.comments, last_activity_at = greatest(s.last_activity_at, n.newest)
    FROM (SELECT post_id, count(*) AS comments, max(created_at) AS newest FROM changed GROUP BY post_id) n
    WHERE s.post_id = n.post_id;
  ELSE
    UPDATE post_stats s SET comments = s.comments - n.comments
    FROM (SELECT post_id, count(*) AS comments FROM changed GROUP BY post_id) n WHERE s.post_id = n.post_id;
  END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "comments_come" AFTER INSERT ON "comments" REFERENCING NEW TABLE AS "changed" FOR EACH STATEMENT EXECUTE FUNCTION "comments_count"();
--> statement-breakpoint
CREATE TRIGGER "comments_go" AFTER DELETE ON "comments" REFERENCING OLD TABLE AS "changed" FOR EACH STATEMENT EXECUTE FUNCTION "comments_count"();
--> statement-breakpoint
-- Where a row counts for one thing only: the arguments are the table with the counter, the counter, the column of the
-- rows that says which, and its name there.
CREATE FUNCTION "rows_count"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format(
    'UPDATE %1$I t SET %2$I = t.%2$I + $1 * n.changed FROM (SELECT %3$I AS id, count(*) AS changed FROM changed GROUP BY %3$I) n WHERE t.%4$I = n.id',
    TG_ARGV[0], TG_ARGV[1], TG_ARGV[2], TG_ARGV[3]
  ) USING CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "post_subscribers_come" AFTER INSERT ON "post_subscribers" REFERENCING NEW TABLE AS "changed" FOR EACH STATEMENT EXECUTE FUNCTION "rows_count"('post_stats', 'subscribers', 'post_id', 'post_id');
--> statement-breakpoint
CREATE TRIGGER "post_subscribers_go" AFTER DELETE ON "post_subscribers" REFERENCING OLD TABLE AS "changed" FOR EACH STATEMENT EXECUTE FUNCTION "rows_count"('post_stats', 'subscribers', 'post_id', 'post_id');
--> statement-breakpoint
CREATE TRIGGER "post_views_come" AFTER INSERT ON "post_views" REFERENCING NEW TABLE AS "changed" FOR EACH STATEMENT EXECUTE FUNCTION "rows_count"('post_stats', 'views', 'post_id', 'post_id');
--> statement-breakpoint
CREATE TRIGGER "post_views_go" AFTER DELETE ON "post_views" REFERENCING OLD TABLE AS "changed" FOR EACH STATEMENT EXECUTE FUNCTION "rows_count"('post_stats', 'views', 'post_id', 'post_id');
--> statement-breakpoint
CREATE TRIGGER "poll_voters_come" AFTER INSERT ON "poll_voters" REFERENCING NEW TABLE AS "changed" FOR EACH STATEMENT EXECUTE FUNCTION "rows_count"('polls', 'voters', 'poll_id', 'id');
--> statement-breakpoint
CREATE TRIGGER "poll_voters_go" AFTER DELETE ON "poll_voters" REFERENCING OLD TABLE AS "changed" FOR EACH STATEMENT EXECUTE FUNCTION "rows_count"('polls', 'voters', 'poll_id', 'id');
--> statement-breakpoint
CREATE TRIGGER "poll_votes_come" AFTER INSERT ON "poll_votes" REFERENCING NEW TABLE AS "changed" FOR EACH STATEMENT EXECUTE FUNCTION "rows_count"('poll_choices', 'votes', 'choice_id', 'id');
--> statement-breakpoint
CREATE TRIGGER "poll_votes_go" AFTER DELETE ON "poll_votes" REFERENCING OLD TABLE AS "changed" FOR EACH STATEMENT EXECUTE FUNCTION "rows_count"('poll_choices', 'votes', 'choice_id', 'id');
--> statement-breakpoint
CREATE TRIGGER "category_follows_followers_come" AFTER INSERT ON "category_follows" REFERENCING NEW TABLE AS "changed" FOR EACH STATEMENT EXECUTE FUNCTION "rows_count"('categories', 'followers', 'category_id', 'id');
--> statement-breakpoint
CREATE TRIGGER "category_follows_followers_go" AFTER DELETE ON "category_follows" REFERENCING OLD TABLE AS "changed" FOR EACH STATEMENT EXECUTE FUNCTION "rows_count"('categories', 'followers', 'category_id', 'id');
--> statement-breakpoint
CREATE TRIGGER "category_follows_categories_come" AFTER INSERT ON "category_follows" REFERENCING NEW TABLE AS "changed" FOR EACH STATEMENT EXECUTE FUNCTION "rows_count"('user_stats', 'categories', 'user_id', 'user_id');
--> statement-breakpoint
CREATE TRIGGER "category_follows_categories_go" AFTER DELETE ON "category_follows" REFERENCING OLD TABLE AS "changed" FOR EACH STATEMENT EXECUTE FUNCTION "rows_count"('user_stats', 'categories', 'user_id', 'user_id');
