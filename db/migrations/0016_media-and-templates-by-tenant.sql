DO $$
DECLARE
  table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY['media_objects', 'templates'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', table_name);
    EXECUTE format('CREATE POLICY system_all ON %I TO wamcp_system USING (true) WITH CHECK (true)', table_name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO wamcp_system', table_name);
  END LOOP;
END
$$;
--> statement-breakpoint
GRANT SELECT, INSERT ON media_objects TO wamcp_client;
--> statement-breakpoint
-- A file belongs to its message, in both directions: who sees that sees this, until its author takes it back. What has no
-- message belongs to the client that brought it, as long as it has the number.
CREATE POLICY client_visible ON media_objects FOR SELECT TO wamcp_client USING (
  CASE WHEN message_id IS NOT NULL
    THEN EXISTS (SELECT FROM messages m WHERE m.id = media_objects.message_id AND m.revoked_at IS NULL)
    ELSE client_id = (SELECT app_client_id())
      AND EXISTS (SELECT FROM phone_numbers n WHERE n.id = media_objects.phone_number_id)
  END
);
--> statement-breakpoint
-- Only the system says that a file is there, where it lies, and what Meta calls it.
CREATE POLICY client_brings ON media_objects FOR INSERT TO wamcp_client WITH CHECK (
  client_id = (SELECT app_client_id()) AND direction = 'outbound' AND state = 'pending' AND source_url IS NOT NULL
  AND path IS NULL AND sha256 IS NULL AND wa_media_id IS NULL AND attempts = 0 AND claim_expires_at IS NULL
  AND EXISTS (SELECT FROM phone_numbers n WHERE n.id = media_objects.phone_number_id)
  AND (message_id IS NULL OR EXISTS (
    SELECT FROM messages m
    WHERE m.id = media_objects.message_id AND m.client_id = (SELECT app_client_id())
      AND m.phone_number_id = media_objects.phone_number_id
  ))
);
--> statement-breakpoint
-- Besides what 0001 lets it cause.
CREATE POLICY client_causes_uploads ON outbox FOR INSERT TO wamcp_client WITH CHECK (
  name = 'wa/media.queued' AND (SELECT app_client_id()) IS NOT NULL
);
--> statement-breakpoint
GRANT SELECT ON templates TO wamcp_client;
--> statement-breakpoint
-- Templates belong to an account; whoever has one of its numbers may send them.
CREATE POLICY client_granted ON templates FOR SELECT TO wamcp_client USING (
  EXISTS (SELECT FROM phone_numbers n WHERE n.waba_id = templates.waba_id)
);
