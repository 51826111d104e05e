-- Keys are cached in every process; a change of access empties those caches at once. The payload is the client.
CREATE FUNCTION publish_access_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('wamcp_access', CASE TG_TABLE_NAME WHEN 'clients' THEN NEW.id ELSE NEW.client_id END::text);
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER clients_publish_access AFTER UPDATE ON clients
FOR EACH ROW EXECUTE FUNCTION publish_access_change();
--> statement-breakpoint
CREATE TRIGGER grants_publish_access AFTER INSERT OR UPDATE ON grants
FOR EACH ROW EXECUTE FUNCTION publish_access_change();
--> statement-breakpoint
-- Not on every update: last use is written all the time and changes nobody's access.
CREATE TRIGGER api_keys_publish_access AFTER UPDATE OF scopes, expires_at, revoked_at, rpm_limit, daily_msg_limit ON api_keys
FOR EACH ROW EXECUTE FUNCTION publish_access_change();
