-- Three roles that nobody logs in as: a tool call runs as wamcp_client, webhooks and functions as
-- wamcp_system, and only wamcp_archiver may take rows out of the audit log. Roles belong to the whole
-- cluster, so another database's migration may have made them, or be making them now.
DO $$
DECLARE
  role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['wamcp_client', 'wamcp_system', 'wamcp_archiver'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN NOBYPASSRLS', role_name);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL;
      END;
    END IF;
    -- The login role steps down into them. A superuser already may.
    IF NOT pg_has_role(current_user, role_name, 'SET') THEN
      EXECUTE format('GRANT %I TO CURRENT_USER WITH SET TRUE', role_name);
    END IF;
  END LOOP;
END
$$;
--> statement-breakpoint
GRANT USAGE ON SCHEMA public TO wamcp_client, wamcp_system, wamcp_archiver;
--> statement-breakpoint
-- Whose call this transaction is; null outside one, and then no policy matches.
CREATE FUNCTION app_client_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('app.client_id', true), '')::uuid $$;
--> statement-breakpoint
-- Forced: the tables' owner is bound by the policies too.
DO $$
DECLARE
  table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY[
    'clients', 'api_keys', 'phone_numbers', 'grants', 'contacts', 'contact_aliases', 'conversations',
    'messages', 'message_events', 'changes', 'webhook_inbox', 'outbox', 'audit_log'
  ] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', table_name);
    EXECUTE format('CREATE POLICY system_all ON %I TO wamcp_system USING (true) WITH CHECK (true)', table_name);
    IF table_name <> 'audit_log' THEN
      EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO wamcp_system', table_name);
    END IF;
  END LOOP;
END
$$;
--> statement-breakpoint
-- The audit log is append-only for the application. Rows leave it through the archiver alone.
GRANT SELECT, INSERT ON audit_log TO wamcp_system, wamcp_client;
--> statement-breakpoint
GRANT SELECT, DELETE ON audit_log TO wamcp_archiver;
--> statement-breakpoint
CREATE POLICY archiver_all ON audit_log TO wamcp_archiver USING (true);
--> statement-breakpoint
CREATE POLICY client_own_select ON audit_log FOR SELECT TO wamcp_client USING (client_id = (SELECT app_client_id()));
--> statement-breakpoint
CREATE POLICY client_own_insert ON audit_log FOR INSERT TO wamcp_client WITH CHECK (
  client_id = (SELECT app_client_id()) AND actor = 'key'
);
--> statement-breakpoint
GRANT SELECT (id, name, display_name, is_owner, disabled_at, created_at) ON clients TO wamcp_client;
--> statement-breakpoint
CREATE POLICY client_own ON clients FOR SELECT TO wamcp_client USING (id = (SELECT app_client_id()));
--> statement-breakpoint
GRANT SELECT ON grants TO wamcp_client;
--> statement-breakpoint
CREATE POLICY client_own ON grants FOR SELECT TO wamcp_client USING (client_id = (SELECT app_client_id()));
--> statement-breakpoint
-- Columns are named: a client's role never sees where the tokens are.
GRANT SELECT (id, wa_phone_number_id, waba_id, portfolio_id, display_number, label, quality, disabled_at, created_at)
  ON phone_numbers TO wamcp_client;
--> statement-breakpoint
CREATE POLICY client_granted ON phone_numbers FOR SELECT TO wamcp_client USING (
  EXISTS (
    SELECT FROM grants g
    WHERE g.phone_number_id = phone_numbers.id AND g.client_id = (SELECT app_client_id()) AND g.revoked_at IS NULL
  )
);
--> statement-breakpoint
GRANT SELECT ON conversations TO wamcp_client;
--> statement-breakpoint
GRANT UPDATE (last_message_at, unread_count, last_position) ON conversations TO wamcp_client;
--> statement-breakpoint
-- A grant alone does not isolate, because clients share numbers: with visibility 'own' a client has
-- only the conversations that it owns.
CREATE POLICY client_visible ON conversations TO wamcp_client USING (
  EXISTS (
    SELECT FROM grants g
    WHERE g.phone_number_id = conversations.phone_number_id AND g.client_id = (SELECT app_client_id())
      AND g.revoked_at IS NULL
      AND (g.visibility = 'all' OR conversations.owner_client_id = g.client_id)
  )
);
--> statement-breakpoint
GRANT SELECT ON contacts, contact_aliases TO wamcp_client;
--> statement-breakpoint
CREATE POLICY client_visible ON contacts FOR SELECT TO wamcp_client USING (
  EXISTS (SELECT FROM conversations c WHERE c.contact_id = contacts.id)
);
--> statement-breakpoint
CREATE POLICY client_visible ON contact_aliases FOR SELECT TO wamcp_client USING (
  EXISTS (SELECT FROM conversations c WHERE c.contact_id = contact_aliases.contact_id)
);
--> statement-breakpoint
GRANT SELECT, INSERT ON messages TO wamcp_client;
--> statement-breakpoint
CREATE POLICY client_visible ON messages FOR SELECT TO wamcp_client USING (
  EXISTS (SELECT FROM conversations c WHERE c.id = messages.conversation_id)
);
--> statement-breakpoint
CREATE POLICY client_queues ON messages FOR INSERT TO wamcp_client WITH CHECK (
  client_id = (SELECT app_client_id()) AND direction = 'outbound' AND status IN ('queued', 'held') AND wamid IS NULL
  AND EXISTS (
    SELECT FROM conversations c
    WHERE c.id = messages.conversation_id AND c.phone_number_id = messages.phone_number_id
      AND c.contact_id = messages.contact_id
  )
);
--> statement-breakpoint
GRANT SELECT, INSERT ON message_events TO wamcp_client;
--> statement-breakpoint
CREATE POLICY client_visible ON message_events FOR SELECT TO wamcp_client USING (
  EXISTS (SELECT FROM messages m WHERE m.id = message_events.message_id)
);
--> statement-breakpoint
CREATE POLICY client_queues ON message_events FOR INSERT TO wamcp_client WITH CHECK (
  status IN ('queued', 'held') AND dedupe_key IS NULL
  AND EXISTS (
    SELECT FROM messages m
    WHERE m.id = message_events.message_id AND m.phone_number_id = message_events.phone_number_id
      AND m.client_id = (SELECT app_client_id())
  )
);
--> statement-breakpoint
GRANT SELECT ON changes TO wamcp_client;
--> statement-breakpoint
CREATE POLICY client_visible ON changes FOR SELECT TO wamcp_client USING (
  EXISTS (SELECT FROM conversations c WHERE c.id = changes.conversation_id)
);
--> statement-breakpoint
-- A client's transaction may cause events; it can read none.
GRANT INSERT ON outbox TO wamcp_client;
--> statement-breakpoint
CREATE POLICY client_causes ON outbox FOR INSERT TO wamcp_client WITH CHECK (
  name = 'wa/message.queued' AND (SELECT app_client_id()) IS NOT NULL
);
