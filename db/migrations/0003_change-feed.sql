CREATE SEQUENCE changes_seq OWNED BY changes.seq;
--> statement-breakpoint
GRANT USAGE ON SEQUENCE changes_seq TO wamcp_system;
--> statement-breakpoint
-- A sequence alone gives numbers out in another order than transactions commit in, and a reader that
-- remembers the highest number it saw would skip whatever commits late. So the number is given out at the end
-- of the transaction, under one lock that is held until the commit is visible. NOTIFY serialises commits in
-- the same place anyway (PreCommit_Notify in PostgreSQL's async.c), so the lock costs nothing more.
-- Deferred: by then the transaction holds its row locks and waits for no other, hence no deadlock.
CREATE FUNCTION publish_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_kind text := TG_ARGV[0];
  v_seq bigint;
  v_owner uuid;
BEGIN
  PERFORM pg_advisory_xact_lock(7201);
  v_seq := nextval('changes_seq');
  INSERT INTO changes (seq, kind, direction, phone_number_id, conversation_id, message_id)
  VALUES (v_seq, v_kind, NEW.direction, NEW.phone_number_id, NEW.conversation_id, NEW.id);
  SELECT owner_client_id INTO v_owner FROM conversations WHERE id = NEW.conversation_id;
  -- Ids only: whoever listens must still ask for the row, and may be refused.
  PERFORM pg_notify('wamcp_changes', json_build_object(
    'seq', v_seq, 'kind', v_kind, 'direction', NEW.direction, 'phoneNumberId', NEW.phone_number_id,
    'conversationId', NEW.conversation_id, 'messageId', NEW.id, 'ownerClientId', v_owner
  )::text);
  RETURN NULL;
END
$$;
--> statement-breakpoint
GRANT CREATE ON SCHEMA public TO wamcp_system;
--> statement-breakpoint
ALTER FUNCTION publish_change OWNER TO wamcp_system;
--> statement-breakpoint
REVOKE CREATE ON SCHEMA public FROM wamcp_system;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER messages_publish_message AFTER INSERT ON messages
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION publish_change('message');
--> statement-breakpoint
-- A ghost "unsupported" that is replaced by the real message is a message, once more.
CREATE CONSTRAINT TRIGGER messages_publish_replacement AFTER UPDATE OF type ON messages
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.type IS DISTINCT FROM NEW.type)
EXECUTE FUNCTION publish_change('message');
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER messages_publish_status AFTER UPDATE OF status ON messages
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
EXECUTE FUNCTION publish_change('status');
--> statement-breakpoint
-- Where the feed stands, for a cursor. One tenant must not read from it how busy the others are, so the
-- server seals cursors before it gives them out.
CREATE FUNCTION last_change_seq() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT coalesce(max(seq), 0) FROM changes $$;
--> statement-breakpoint
GRANT CREATE ON SCHEMA public TO wamcp_system;
--> statement-breakpoint
ALTER FUNCTION last_change_seq OWNER TO wamcp_system;
--> statement-breakpoint
REVOKE CREATE ON SCHEMA public FROM wamcp_system;
