ALTER TABLE "messages" ADD COLUMN "quiet" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX "messages_about" ON "messages" USING btree ("conversation_id","reply_to_wamid") WHERE "messages"."type" in ('edit', 'revoke', 'unsupported');--> statement-breakpoint
CREATE INDEX "webhook_inbox_dead" ON "webhook_inbox" USING btree ("id") WHERE "webhook_inbox"."state" = 'dead';--> statement-breakpoint
-- A quiet message is a change of its conversation, and no message that anybody waits for.
DROP TRIGGER messages_publish_message ON messages;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER messages_publish_message AFTER INSERT ON messages
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NOT NEW.quiet) EXECUTE FUNCTION publish_change('message');
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER messages_publish_quiet AFTER INSERT ON messages
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.quiet) EXECUTE FUNCTION publish_change('status');
--> statement-breakpoint
DROP TRIGGER messages_publish_replacement ON messages;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER messages_publish_replacement AFTER UPDATE OF type ON messages
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.type IS DISTINCT FROM NEW.type AND NOT NEW.quiet)
EXECUTE FUNCTION publish_change('message');
--> statement-breakpoint
-- Whether a contact is somebody else than the person with these names: the person has a user id, and the contact is known
-- to have another one. A user id is the person's own, and a phone number may be given to somebody else.
-- These are plpgsql for its kept plans: planning takes longer than the work, and every message asks.
CREATE FUNCTION is_somebody_else(p_contact_id uuid, p_kinds text[], p_values text[]) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN 'bsuid' = ANY (p_kinds)
    AND EXISTS (SELECT FROM contact_aliases WHERE contact_id = p_contact_id AND kind = 'bsuid' AND ended_at IS NULL)
    AND NOT EXISTS (
      SELECT FROM contact_aliases
      WHERE contact_id = p_contact_id AND kind = 'bsuid' AND value = p_values[array_position(p_kinds, 'bsuid')]
    );
END
$$;
--> statement-breakpoint
-- Finds the contact behind a set of aliases, in the order of the array, as they were at a given time. A phone number that a
-- caller typed and a wa_id that Meta sent are the same digits for the same person, so each is looked up as both. An ended
-- phone number names the person only in what happened before its end, because somebody else may have it since; an ended user
-- id, which nobody else ever gets, names its person for good.
-- Alias by alias, by the whole key: a join may be planned as a walk over everybody's, and asks about each of them.
CREATE FUNCTION find_contact_at(p_portfolio_id text, p_kinds text[], p_values text[], p_at timestamptz) RETURNS uuid
LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_kind text;
  v_alias contact_aliases;
  v_former_id uuid;
BEGIN
  FOR place IN 1..cardinality(p_kinds) LOOP
    FOREACH v_kind IN ARRAY CASE p_kinds[place]
      WHEN 'wa_id' THEN ARRAY['wa_id', 'phone_input']
      WHEN 'phone_input' THEN ARRAY['phone_input', 'wa_id']
      ELSE ARRAY[p_kinds[place]]
    END LOOP
      SELECT * INTO v_alias FROM contact_aliases
      WHERE portfolio_id = p_portfolio_id AND kind = v_kind AND value = p_values[place];
      CONTINUE WHEN NOT FOUND
        OR (v_kind IN ('wa_id', 'phone_input') AND is_somebody_else(v_alias.contact_id, p_kinds, p_values));
      IF v_alias.ended_at IS NULL THEN
        RETURN v_alias.contact_id;
      ELSIF v_alias.ended_at > p_at OR v_kind IN ('bsuid', 'parent_bsuid') THEN
        v_former_id := coalesce(v_former_id, v_alias.contact_id);
      END IF;
    END LOOP;
  END LOOP;
  RETURN v_former_id;
END
$$;
--> statement-breakpoint
-- The contact as of now, for whoever wants to write to it.
CREATE OR REPLACE FUNCTION find_contact(p_portfolio_id text, p_kinds text[], p_values text[]) RETURNS uuid
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN find_contact_at(p_portfolio_id, p_kinds, p_values, 'infinity');
END
$$;
--> statement-breakpoint
-- Two transactions that meet the same names go one after the other. Sorted, against deadlock.
CREATE FUNCTION lock_aliases(p_portfolio_id text, p_values text[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_value text;
BEGIN
  FOR v_value IN SELECT DISTINCT v FROM unnest(p_values) AS v ORDER BY v LOOP
    PERFORM pg_advisory_xact_lock(hashtextextended(p_portfolio_id || ':' || v_value, 7));
  END LOOP;
END
$$;
--> statement-breakpoint
-- Gives a contact the aliases that are free: new ones, phone numbers whose owner has left them, and its own ended ones that
-- Meta uses again. One that names somebody else is left alone: two people are never merged silently.
CREATE FUNCTION give_aliases(p_portfolio_id text, p_kinds text[], p_values text[], p_contact_id uuid, p_at timestamptz)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO contact_aliases AS a (portfolio_id, kind, value, contact_id)
  SELECT DISTINCT p_portfolio_id, kind, value, p_contact_id FROM unnest(p_kinds, p_values) AS wanted(kind, value)
  ON CONFLICT (portfolio_id, kind, value) DO UPDATE
  SET contact_id = excluded.contact_id, ended_at = NULL, created_at = now()
  WHERE a.ended_at <= p_at
    AND (a.kind IN ('wa_id', 'phone_input') OR (a.contact_id = excluded.contact_id AND p_at < 'infinity'));
END
$$;
--> statement-breakpoint
-- Finds or creates the contact and learns the aliases that are new.
CREATE FUNCTION resolve_contact_at(
  p_portfolio_id text, p_kinds text[], p_values text[], p_new_id uuid, p_at timestamptz
) RETURNS uuid
LANGUAGE plpgsql AS $$
DECLARE
  v_contact_id uuid := find_contact_at(p_portfolio_id, p_kinds, p_values, p_at);
  v_is_known boolean := v_contact_id IS NOT NULL;
BEGIN
  -- Mostly there is nothing to learn.
  FOR place IN 1..cardinality(p_kinds) LOOP
    v_is_known := v_is_known AND EXISTS (
      SELECT FROM contact_aliases
      WHERE portfolio_id = p_portfolio_id AND kind = p_kinds[place] AND value = p_values[place]
        AND contact_id = v_contact_id AND (ended_at IS NULL OR ended_at > p_at)
    );
  END LOOP;
  IF v_is_known THEN
    RETURN v_contact_id;
  END IF;
  PERFORM lock_aliases(p_portfolio_id, p_values);
  v_contact_id := find_contact_at(p_portfolio_id, p_kinds, p_values, p_at);
  IF v_contact_id IS NULL THEN
    INSERT INTO contacts (id, portfolio_id) VALUES (p_new_id, p_portfolio_id);
    v_contact_id := p_new_id;
  END IF;
  -- A phone number that comes with another user id than its owner's was given to somebody else, though nobody said so.
  FOR place IN 1..cardinality(p_kinds) LOOP
    UPDATE contact_aliases SET ended_at = p_at
    WHERE p_kinds[place] IN ('wa_id', 'phone_input')
      AND portfolio_id = p_portfolio_id AND kind IN ('wa_id', 'phone_input') AND value = p_values[place]
      AND contact_id <> v_contact_id AND ended_at IS NULL AND is_somebody_else(contact_id, p_kinds, p_values);
  END LOOP;
  PERFORM give_aliases(p_portfolio_id, p_kinds, p_values, v_contact_id, p_at);
  RETURN v_contact_id;
END
$$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION resolve_contact(p_portfolio_id text, p_kinds text[], p_values text[], p_new_id uuid) RETURNS uuid
LANGUAGE plpgsql AS $$
BEGIN
  RETURN resolve_contact_at(p_portfolio_id, p_kinds, p_values, p_new_id, 'infinity');
END
$$;
--> statement-breakpoint
-- A contact goes by new names from now on and by no other. A user id is made anew when the phone number changes (Meta,
-- "Business-scoped user IDs"), so the old ones of every kind end, said or not; what still holds is learnt again with the next
-- message. False when a new name is somebody else's: both contacts stay as they are known.
CREATE FUNCTION rename_contact(p_contact_id uuid, p_kinds text[], p_values text[], p_at timestamptz) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  v_portfolio_id text := (SELECT portfolio_id FROM contacts WHERE id = p_contact_id);
  v_is_whole boolean := true;
BEGIN
  PERFORM lock_aliases(v_portfolio_id, p_values || ARRAY(SELECT value FROM contact_aliases WHERE contact_id = p_contact_id));
  UPDATE contact_aliases a SET ended_at = p_at
  WHERE a.contact_id = p_contact_id AND a.ended_at IS NULL AND NOT EXISTS (
    SELECT FROM unnest(p_kinds, p_values) AS wanted(kind, value) WHERE wanted.kind = a.kind AND wanted.value = a.value
  );
  PERFORM give_aliases(v_portfolio_id, p_kinds, p_values, p_contact_id, p_at);
  FOR place IN 1..cardinality(p_kinds) LOOP
    v_is_whole := v_is_whole AND EXISTS (
      SELECT FROM contact_aliases
      WHERE portfolio_id = v_portfolio_id AND kind = p_kinds[place] AND value = p_values[place]
        AND contact_id = p_contact_id
    );
  END LOOP;
  RETURN v_is_whole;
END
$$;
--> statement-breakpoint
-- The conversation with a contact who wrote to us, opened when it is new, and locked: whoever changes messages takes the
-- conversation first.
CREATE FUNCTION open_inbound_conversation(
  p_phone_number_id uuid, p_contact_id uuid, p_owner_client_id uuid, p_new_id uuid
) RETURNS TABLE (conversation_id uuid, profile_name text, username text)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_id uuid;
BEGIN
  FOR attempt IN 1..2 LOOP
    SELECT id INTO v_id FROM conversations
    WHERE phone_number_id = p_phone_number_id AND contact_id = p_contact_id FOR NO KEY UPDATE;
    EXIT WHEN FOUND;
    INSERT INTO conversations (id, phone_number_id, contact_id, owner_client_id)
    VALUES (p_new_id, p_phone_number_id, p_contact_id, p_owner_client_id)
    ON CONFLICT (phone_number_id, contact_id) DO NOTHING;
  END LOOP;
  RETURN QUERY SELECT v_id, ct.profile_name, ct.username FROM contacts ct WHERE ct.id = p_contact_id;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION is_somebody_else, find_contact_at, lock_aliases, give_aliases, resolve_contact_at,
  rename_contact, open_inbound_conversation FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION is_somebody_else, find_contact_at, lock_aliases, give_aliases, resolve_contact_at,
  rename_contact, open_inbound_conversation TO wamcp_system;
--> statement-breakpoint
-- An echo may turn out to be of a message that we sent ourselves, when Meta's answer is stored after it. The message is then
-- one and not two: a wamid that cannot be written would leave the send uncertain, and it might be sent again. What was
-- reported meanwhile is parked again, for whoever learns the wamid to apply.
CREATE FUNCTION replace_echo() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  v_echo_id uuid;
BEGIN
  SELECT id INTO v_echo_id FROM messages
  WHERE phone_number_id = NEW.phone_number_id AND wamid = NEW.wamid AND direction = 'outbound' AND client_id IS NULL;
  IF FOUND THEN
    UPDATE message_events SET message_id = NULL WHERE message_id = v_echo_id;
    DELETE FROM messages WHERE id = v_echo_id;
  END IF;
  RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER messages_replace_echo BEFORE UPDATE OF wamid ON messages
FOR EACH ROW WHEN (OLD.wamid IS NULL AND NEW.wamid IS NOT NULL AND NEW.client_id IS NOT NULL)
EXECUTE FUNCTION replace_echo();
