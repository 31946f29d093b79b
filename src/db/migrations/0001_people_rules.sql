-- What drizzle-kit cannot express: storage settings, the key of the claims, and the rules that hold
-- whichever code path writes.

-- Hot counters: room on each page for HOT updates, and an autovacuum that keeps up with them.
ALTER TABLE "user_stats" SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 200);
--> statement-breakpoint
INSERT INTO "server_keys" ("name", "key")
VALUES ('claims', sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')));
--> statement-breakpoint
-- The keyed hash under which a name, sid or identity is claimed. Only this database's key gives it.
CREATE FUNCTION "claim_hash"("kind" text, "value" text) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT sha256(k.key || sha256(k.key || convert_to($1 || chr(10) || $2, 'UTF8'))) FROM server_keys k WHERE k.name = 'claims'
$$;
--> statement-breakpoint
-- Every person's username and sid are claimed and their counters exist, however the row came about.
-- A claim somebody else holds, or a deleted account left, raises claims_pkey.
CREATE FUNCTION "users_claim"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO user_stats (user_id) VALUES (NEW.id);
  END IF;
  IF TG_OP = 'INSERT' OR NEW.username_key <> OLD.username_key THEN
    DELETE FROM claims WHERE user_id = NEW.id AND kind = 'username';
    INSERT INTO claims (kind, hash, user_id) VALUES ('username', claim_hash('username', NEW.username_key), NEW.id);
  END IF;
  IF TG_OP = 'INSERT' OR NEW.sid <> OLD.sid THEN
    DELETE FROM claims WHERE user_id = NEW.id AND kind = 'sid';
    INSERT INTO claims (kind, hash, user_id) VALUES ('sid', claim_hash('sid', NEW.sid), NEW.id);
  END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "users_claim_insert" AFTER INSERT ON "users" FOR EACH ROW EXECUTE FUNCTION "users_claim"();
--> statement-breakpoint
CREATE TRIGGER "users_claim_update" AFTER UPDATE OF "username_key", "sid" ON "users" FOR EACH ROW EXECUTE FUNCTION "users_claim"();
--> statement-breakpoint
-- No follow beside a block. Both writers lock the two user_stats rows first, and a trigger's query sees what
-- was committed while they waited, so the check holds under any interleaving.
CREATE FUNCTION "follows_refuse_blocked"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM blocks WHERE blocker_id = NEW.follower_id AND blocked_id = NEW.followee_id)
     OR EXISTS (SELECT FROM blocks WHERE blocker_id = NEW.followee_id AND blocked_id = NEW.follower_id) THEN
    RAISE EXCEPTION 'a block stands between the two' USING ERRCODE = 'check_violation', CONSTRAINT = 'follows_no_block';
  END IF;
  RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "follows_no_block" BEFORE INSERT ON "follows" FOR EACH ROW EXECUTE FUNCTION "follows_refuse_blocked"();
