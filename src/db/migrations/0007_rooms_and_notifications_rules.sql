-- A room's counters exist, and its pictures are followed, however the row came about.
ALTER TABLE "room_stats" SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 200);
--> statement-breakpoint
CREATE FUNCTION "rooms_stats"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO room_stats (room_id) VALUES (NEW.id);
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "rooms_stats" AFTER INSERT ON "rooms" FOR EACH ROW EXECUTE FUNCTION "rooms_stats"();
--> statement-breakpoint
CREATE TRIGGER "rooms_media_insert" AFTER INSERT ON "rooms" FOR EACH ROW WHEN (NEW.avatar IS NOT NULL) EXECUTE FUNCTION "media_files_follow"('avatar');
--> statement-breakpoint
CREATE TRIGGER "rooms_media_update" AFTER UPDATE OF "avatar" ON "rooms" FOR EACH ROW EXECUTE FUNCTION "media_files_follow"('avatar');
--> statement-breakpoint
CREATE TRIGGER "rooms_media_delete" AFTER DELETE ON "rooms" FOR EACH ROW WHEN (OLD.avatar IS NOT NULL) EXECUTE FUNCTION "media_files_follow"('avatar');
--> statement-breakpoint
CREATE FUNCTION "room_members_count"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    UPDATE room_stats SET members = members - 1 WHERE room_id = OLD.room_id;
  ELSE
    UPDATE room_stats SET members = members + 1 WHERE room_id = NEW.room_id;
    -- Who is in is not invited any more.
    DELETE FROM room_invites WHERE room_id = NEW.room_id AND user_id = NEW.user_id;
  END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "room_members_count" AFTER INSERT OR DELETE ON "room_members" FOR EACH ROW EXECUTE FUNCTION "room_members_count"();
--> statement-breakpoint
ALTER TABLE "inboxes" SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 200);
--> statement-breakpoint
INSERT INTO "inboxes" ("user_id") SELECT "id" FROM "users";
--> statement-breakpoint
CREATE FUNCTION "users_inbox"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO inboxes (user_id) VALUES (NEW.id);
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "users_inbox" AFTER INSERT ON "users" FOR EACH ROW EXECUTE FUNCTION "users_inbox"();
--> statement-breakpoint
-- By the statement, not by the row: marking all seen, or deleting somebody's, is one change of the counter.
CREATE FUNCTION "notifications_count"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    UPDATE inboxes i SET unseen = i.unseen + n.unseen
    FROM (SELECT receiver_id, count(*) AS unseen FROM now WHERE is_unseen GROUP BY receiver_id) n
    WHERE i.user_id = n.receiver_id;
  ELSIF TG_OP = 'DELETE' THEN
    UPDATE inboxes i SET unseen = i.unseen - n.unseen
    FROM (SELECT receiver_id, count(*) AS unseen FROM was WHERE is_unseen GROUP BY receiver_id) n
    WHERE i.user_id = n.receiver_id;
  ELSE
    UPDATE inboxes i SET unseen = i.unseen + n.unseen
    FROM (
      SELECT receiver_id, sum(step) AS unseen FROM (
        SELECT receiver_id, is_unseen::int AS step FROM now UNION ALL SELECT receiver_id, -(is_unseen::int) FROM was
      ) steps GROUP BY receiver_id HAVING sum(step) <> 0
    ) n
    WHERE i.user_id = n.receiver_id;
  END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "notifications_count_insert" AFTER INSERT ON "notifications" REFERENCING NEW TABLE AS "now" FOR EACH STATEMENT EXECUTE FUNCTION "notifications_count"();
--> statement-breakpoint
CREATE TRIGGER "notifications_count_update" AFTER UPDATE ON "notifications" REFERENCING OLD TABLE AS "was" NEW TABLE AS "now" FOR EACH STATEMENT EXECUTE FUNCTION "notifications_count"();
--> statement-breakpoint
CREATE TRIGGER "notifications_count_delete" AFTER DELETE ON "notifications" REFERENCING OLD TABLE AS "was" FOR EACH STATEMENT EXECUTE FUNCTION "notifications_count"();
--> statement-breakpoint
-- A notification stands as its acts do, from the first of them to the newest, and goes with the last one.
CREATE FUNCTION "notification_actors_gone"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- They went with their notification.
  IF NOT EXISTS (SELECT FROM gone JOIN notifications n ON n.id = gone.notification_id) THEN
    RETURN NULL;
  END IF;
  UPDATE notifications n
  SET actors_count = n.actors_count - fewer.actors,
      version = newest.version, updated_at = newest.acted_at, created_at = oldest.acted_at
  FROM (SELECT notification_id, count(*) AS actors FROM gone GROUP BY notification_id) fewer
  CROSS JOIN LATERAL (
    SELECT a.version, a.acted_at FROM notification_actors a
    WHERE a.notification_id = fewer.notification_id ORDER BY a.version DESC LIMIT 1
  ) newest
  CROSS JOIN LATERAL (
    SELECT a.acted_at FROM notification_actors a
    WHERE a.notification_id = fewer.notification_id ORDER BY a.version LIMIT 1
  ) oldest
  WHERE n.id = fewer.notification_id;
  DELETE FROM notifications n
  WHERE n.id IN (SELECT notification_id FROM gone)
    AND NOT EXISTS (SELECT FROM notification_actors a WHERE a.notification_id = n.id);
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "notification_actors_gone" AFTER DELETE ON "notification_actors" REFERENCING OLD TABLE AS "gone" FOR EACH STATEMENT EXECUTE FUNCTION "notification_actors_gone"();
--> statement-breakpoint
CREATE FUNCTION "notification_actors_come"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE notifications SET actors_count = actors_count + 1 WHERE id = NEW.notification_id;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "notification_actors_come" AFTER INSERT ON "notification_actors" FOR EACH ROW EXECUTE FUNCTION "notification_actors_come"();
--> statement-breakpoint
-- Tells each of these people that the actor has done this, once however often: into the notification of this kind about
-- this subject where there is one, else into a new one with the id at the same place of `ids`. Nobody is told of
-- themself, of what they have muted, or while a block or a hide stands between the two. Returns who was told.
CREATE FUNCTION "tell"("the_kind" text, "the_type" text, "subject" uuid, "actor" uuid, "receivers" uuid[], "ids" uuid[], "at" timestamptz)
RETURNS SETOF uuid LANGUAGE plpgsql AS $$
DECLARE
  told record;
  next_version integer;
  notification uuid;
BEGIN
  PERFORM FROM inboxes WHERE user_id = ANY(receivers) ORDER BY user_id FOR NO KEY UPDATE;
  FOR told IN
    SELECT DISTINCT ON (w.receiver) w.receiver, w.id
    FROM unnest(receivers, ids) AS w(receiver, id) JOIN users u ON u.id = w.receiver
    WHERE w.receiver <> actor AND NOT the_kind = ANY(u.muted_notifications)
      AND NOT EXISTS (SELECT FROM blocks WHERE (blocker_id, blocked_id) IN ((actor, w.receiver), (w.receiver, actor)))
      AND NOT EXISTS (SELECT FROM hides WHERE (hider_id, hidden_id) IN ((actor, w.receiver), (w.receiver, actor)))
  LOOP
    UPDATE inboxes SET version = version + 1 WHERE user_id = told.receiver RETURNING version INTO next_version;
    INSERT INTO notifications (id, receiver_id, kind, subject_type, subject_id, version, created_at, updated_at)
    VALUES (told.id, told.receiver, the_kind, the_type, subject, next_version, at, at)
    ON CONFLICT (receiver_id, kind, subject_id) DO UPDATE SET version = excluded.version, updated_at = excluded.updated_at
    RETURNING notifications.id INTO notification;
    INSERT INTO notification_actors (notification_id, actor_id, receiver_id, version, acted_at)
    VALUES (notification, actor, told.receiver, next_version, at)
    ON CONFLICT (notification_id, actor_id) DO UPDATE SET version = excluded.version, acted_at = excluded.acted_at;
    RETURN NEXT told.receiver;
  END LOOP;
END
$$;
--> statement-breakpoint
-- Takes an act back that people were told of. Returns whom.
CREATE FUNCTION "take_back"("the_kind" text, "subject" uuid, "actor" uuid) RETURNS SETOF uuid LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM inboxes
  WHERE user_id IN (
    SELECT n.receiver_id FROM notifications n JOIN notification_actors a ON a.notification_id = n.id AND a.actor_id = actor
    WHERE n.subject_id = subject AND n.kind = the_kind)
  ORDER BY user_id FOR NO KEY UPDATE;
  RETURN QUERY DELETE FROM notification_actors a USING notifications n
  WHERE n.id = a.notification_id AND n.subject_id = subject AND n.kind = the_kind AND a.actor_id = actor
  RETURNING a.receiver_id;
END
$$;
