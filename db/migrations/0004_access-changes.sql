-- Keys are cached in every process; a change of access empties those caches at once. The payload is the client,
-- from the column that the trigger names.
CREATE FUNCTION publish_access_change() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  -- As JSON, because a plan that names a column fails on the tables that have none such.
  v_row jsonb := CASE TG_OP WHEN 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END;
BEGIN
  PERFORM pg_notify('wamcp_access', v_row ->> TG_ARGV[0]);
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER clients_publish_access AFTER UPDATE ON clients
FOR EACH ROW EXECUTE FUNCTION publish_access_change('id');
--> statement-breakpoint
CREATE TRIGGER grants_publish_access AFTER INSERT OR UPDATE OR DELETE ON grants
FOR EACH ROW EXECUTE FUNCTION publish_access_change('client_id');
--> statement-breakpoint
-- Not on every update: last use is written all the time and changes nobody's access.
CREATE TRIGGER api_keys_publish_access
AFTER UPDATE OF scopes, expires_at, revoked_at, rpm_limit, daily_msg_limit OR DELETE ON api_keys
FOR EACH ROW EXECUTE FUNCTION publish_access_change('client_id');
--> statement-breakpoint
-- A number that is disabled ends the access of every client that has it: no payload means everybody.
CREATE TRIGGER phone_numbers_publish_access AFTER UPDATE OF disabled_at, label, quality ON phone_numbers
FOR EACH ROW EXECUTE FUNCTION publish_access_change('every_client');
