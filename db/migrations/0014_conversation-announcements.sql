-- A conversation that appears, or changes hands, changes what its client can list. Of many that appear in one
-- transaction, one notification per number and owner is left, because equal ones count once (NOTIFY, PostgreSQL 16):
-- hence no id of the conversation. It runs as whoever writes, and reads no table.
CREATE FUNCTION publish_conversation() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_notify('wamcp_conversations', json_build_object(
    'phoneNumberId', NEW.phone_number_id, 'ownerClientId', NEW.owner_client_id,
    'formerClientId', CASE TG_OP WHEN 'UPDATE' THEN OLD.owner_client_id END
  )::text);
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER conversations_publish_new AFTER INSERT ON conversations
FOR EACH ROW EXECUTE FUNCTION publish_conversation();
--> statement-breakpoint
CREATE TRIGGER conversations_publish_owner AFTER UPDATE OF owner_client_id ON conversations
FOR EACH ROW WHEN (OLD.owner_client_id IS DISTINCT FROM NEW.owner_client_id) EXECUTE FUNCTION publish_conversation();
