-- Counters of what a person owns, and which pictures are still shown: kept whichever code path writes.

CREATE FUNCTION "members_count"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    UPDATE user_stats SET members = members - 1, listed_members = listed_members - (NOT OLD.is_unlisted)::int
    WHERE user_id = OLD.owner_id;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    UPDATE user_stats SET members = members + 1, listed_members = listed_members + (NOT NEW.is_unlisted)::int
    WHERE user_id = NEW.owner_id;
  END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "members_count" AFTER INSERT OR DELETE ON "members" FOR EACH ROW EXECUTE FUNCTION "members_count"();
--> statement-breakpoint
CREATE TRIGGER "members_count_update" AFTER UPDATE OF "is_unlisted", "owner_id" ON "members" FOR EACH ROW
WHEN (OLD.is_unlisted <> NEW.is_unlisted OR OLD.owner_id <> NEW.owner_id) EXECUTE FUNCTION "members_count"();
--> statement-breakpoint
CREATE FUNCTION "pride_flags_count"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    UPDATE user_stats SET flags = flags - 1 WHERE user_id = OLD.owner_id;
  ELSE
    UPDATE user_stats SET flags = flags + 1 WHERE user_id = NEW.owner_id;
  END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "pride_flags_count" AFTER INSERT OR DELETE ON "pride_flags" FOR EACH ROW EXECUTE FUNCTION "pride_flags_count"();
--> statement-breakpoint
-- The names of the columns with pictures are the trigger's arguments.
CREATE FUNCTION "media_files_follow"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  shown text[];
  was_shown text[];
BEGIN
  IF TG_OP <> 'INSERT' THEN
    SELECT array_agg(name) INTO was_shown FROM (SELECT to_jsonb(OLD) -> c ->> 'name' AS name FROM unnest(TG_ARGV) c) pictures
    WHERE name IS NOT NULL;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    SELECT array_agg(name) INTO shown FROM (SELECT to_jsonb(NEW) -> c ->> 'name' AS name FROM unnest(TG_ARGV) c) pictures
    WHERE name IS NOT NULL;
  END IF;
  UPDATE media_files SET state = 'DROPPED' WHERE name = ANY(was_shown) AND NOT name = ANY(coalesce(shown, '{}'));
  UPDATE media_files SET state = 'USED' WHERE name = ANY(shown) AND state = 'PENDING';
  -- Its files are being removed: whoever wants to show it has taken too long.
  IF EXISTS (SELECT FROM media_files WHERE name = ANY(shown) AND state = 'DROPPED') THEN
    RAISE EXCEPTION 'a picture is gone before it was shown' USING ERRCODE = 'check_violation', CONSTRAINT = 'media_files_dropped';
  END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "users_media_insert" AFTER INSERT ON "users" FOR EACH ROW WHEN (NEW.avatar IS NOT NULL OR NEW.cover IS NOT NULL) EXECUTE FUNCTION "media_files_follow"('avatar', 'cover');
--> statement-breakpoint
CREATE TRIGGER "users_media_update" AFTER UPDATE OF "avatar", "cover" ON "users" FOR EACH ROW EXECUTE FUNCTION "media_files_follow"('avatar', 'cover');
--> statement-breakpoint
CREATE TRIGGER "users_media_delete" AFTER DELETE ON "users" FOR EACH ROW WHEN (OLD.avatar IS NOT NULL OR OLD.cover IS NOT NULL) EXECUTE FUNCTION "media_files_follow"('avatar', 'cover');
--> statement-breakpoint
CREATE TRIGGER "members_media_insert" AFTER INSERT ON "members" FOR EACH ROW WHEN (NEW.avatar IS NOT NULL) EXECUTE FUNCTION "media_files_follow"('avatar');
--> statement-breakpoint
CREATE TRIGGER "members_media_update" AFTER UPDATE OF "avatar" ON "members" FOR EACH ROW EXECUTE FUNCTION "media_files_follow"('avatar');
--> statement-breakpoint
CREATE TRIGGER "members_media_delete" AFTER DELETE ON "members" FOR EACH ROW WHEN (OLD.avatar IS NOT NULL) EXECUTE FUNCTION "media_files_follow"('avatar');
--> statement-breakpoint
CREATE TRIGGER "pride_flags_media_insert" AFTER INSERT ON "pride_flags" FOR EACH ROW WHEN (NEW.image IS NOT NULL) EXECUTE FUNCTION "media_files_follow"('image');
--> statement-breakpoint
CREATE TRIGGER "pride_flags_media_update" AFTER UPDATE OF "image" ON "pride_flags" FOR EACH ROW EXECUTE FUNCTION "media_files_follow"('image');
--> statement-breakpoint
CREATE TRIGGER "pride_flags_media_delete" AFTER DELETE ON "pride_flags" FOR EACH ROW WHEN (OLD.image IS NOT NULL) EXECUTE FUNCTION "media_files_follow"('image');
