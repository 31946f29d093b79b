-- Both ways of every accepted connection, and the counters of connections and of unseen requests: kept whichever code
-- path writes. Writers lock the user_stats rows of both people first, in the order of their ids.
CREATE FUNCTION "connections_follow"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  was_accepted boolean := TG_OP <> 'INSERT' AND OLD.status = 'ACCEPTED';
  is_accepted boolean := TG_OP <> 'DELETE' AND NEW.status = 'ACCEPTED';
  was_unseen boolean := TG_OP <> 'INSERT' AND OLD.status = 'PENDING' AND OLD.seen_at IS NULL;
  is_unseen boolean := TG_OP <> 'DELETE' AND NEW.status = 'PENDING' AND NEW.seen_at IS NULL;
  a uuid := CASE TG_OP WHEN 'DELETE' THEN OLD.requester_id ELSE NEW.requester_id END;
  b uuid := CASE TG_OP WHEN 'DELETE' THEN OLD.addressee_id ELSE NEW.addressee_id END;
BEGIN
  IF was_accepted AND NOT is_accepted THEN
    DELETE FROM connected WHERE (user_id, peer_id) IN ((a, b), (b, a));
    UPDATE user_stats SET connections = connections - 1 WHERE user_id IN (a, b);
  ELSIF is_accepted AND NOT was_accepted THEN
    INSERT INTO connected (user_id, peer_id, connected_at) VALUES (a, b, NEW.accepted_at), (b, a, NEW.accepted_at);
    UPDATE user_stats SET connections = connections + 1 WHERE user_id IN (a, b);
  END IF;
  IF was_unseen <> is_unseen THEN
    UPDATE user_stats SET unseen_requests = unseen_requests + is_unseen::int - was_unseen::int WHERE user_id = b;
  END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "connections_follow" AFTER INSERT OR UPDATE OR DELETE ON "connections" FOR EACH ROW EXECUTE FUNCTION "connections_follow"();
--> statement-breakpoint
-- No request and no connection beside a block; a rejection is kept, out of sight of both.
CREATE FUNCTION "connections_refuse_blocked"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.status <> 'REJECTED' OR NEW.asked_again) AND EXISTS (
    SELECT FROM blocks WHERE (blocker_id, blocked_id) IN ((NEW.requester_id, NEW.addressee_id), (NEW.addressee_id, NEW.requester_id))
  ) THEN
    RAISE EXCEPTION 'a block stands between the two' USING ERRCODE = 'check_violation', CONSTRAINT = 'connections_no_block';
  END IF;
  RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "connections_no_block" BEFORE INSERT OR UPDATE ON "connections" FOR EACH ROW EXECUTE FUNCTION "connections_refuse_blocked"();
