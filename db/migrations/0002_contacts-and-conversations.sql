-- Finds the contact behind a set of aliases, in the order of the array. A phone number that a caller typed
-- and a wa_id that Meta sent are the same digits for the same person, so each is looked up as both.
CREATE FUNCTION find_contact(p_portfolio_id text, p_kinds text[], p_values text[]) RETURNS uuid
LANGUAGE sql STABLE AS $$
  SELECT a.contact_id
  FROM unnest(p_kinds, p_values) WITH ORDINALITY AS wanted(kind, value, place)
  JOIN contact_aliases a
    ON a.portfolio_id = p_portfolio_id AND a.value = wanted.value AND a.ended_at IS NULL
    AND (a.kind = wanted.kind OR (a.kind IN ('wa_id', 'phone_input') AND wanted.kind IN ('wa_id', 'phone_input')))
  ORDER BY wanted.place, (a.kind = wanted.kind) DESC
  LIMIT 1
$$;
--> statement-breakpoint
-- Finds or creates the contact and learns the aliases that are new. An alias that already names somebody
-- else is left alone: two people are never merged silently.
CREATE FUNCTION resolve_contact(p_portfolio_id text, p_kinds text[], p_values text[], p_new_id uuid) RETURNS uuid
LANGUAGE plpgsql AS $$
DECLARE
  v_contact_id uuid := find_contact(p_portfolio_id, p_kinds, p_values);
  v_value text;
BEGIN
  IF v_contact_id IS NULL THEN
    -- Two transactions that meet the same stranger must not both create him. Sorted, against deadlock.
    FOR v_value IN SELECT DISTINCT v FROM unnest(p_values) AS v ORDER BY v LOOP
      PERFORM pg_advisory_xact_lock(hashtextextended(p_portfolio_id || ':' || v_value, 7));
    END LOOP;
    v_contact_id := find_contact(p_portfolio_id, p_kinds, p_values);
  END IF;
  IF v_contact_id IS NULL THEN
    INSERT INTO contacts (id, portfolio_id) VALUES (p_new_id, p_portfolio_id);
    v_contact_id := p_new_id;
  END IF;
  INSERT INTO contact_aliases (portfolio_id, kind, value, contact_id)
  SELECT p_portfolio_id, kind, value, v_contact_id FROM unnest(p_kinds, p_values) AS wanted(kind, value)
  ON CONFLICT DO NOTHING;
  RETURN v_contact_id;
END
$$;
--> statement-breakpoint
-- The conversation in which the calling client may write to a recipient, opened when it is new. The first
-- client to write to an unowned contact owns the conversation. No row when the number is not granted, or the
-- conversation is somebody else's: the caller answers "not found" to both.
-- Runs as wamcp_system, because a client's role cannot see whom it may not see.
CREATE FUNCTION open_conversation(
  p_phone_number_id uuid, p_kind text, p_value text, p_contact_id uuid, p_new_contact_id uuid, p_new_conversation_id uuid
) RETURNS TABLE (conversation_id uuid, contact_id uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  v_client_id uuid := app_client_id();
  v_portfolio_id text;
  v_visibility text;
  v_contact_id uuid;
BEGIN
  SELECT n.portfolio_id, g.visibility INTO v_portfolio_id, v_visibility
  FROM phone_numbers n
  JOIN grants g ON g.phone_number_id = n.id AND g.client_id = v_client_id AND g.revoked_at IS NULL
  WHERE n.id = p_phone_number_id AND n.disabled_at IS NULL;
  IF NOT FOUND THEN
    RETURN;
  END IF;

  IF p_contact_id IS NOT NULL THEN
    -- Our own contact id: only of a contact that the client already sees.
    SELECT ct.id INTO v_contact_id FROM contacts ct
    WHERE ct.id = p_contact_id AND ct.portfolio_id = v_portfolio_id AND EXISTS (
      SELECT FROM conversations c
      JOIN grants g ON g.phone_number_id = c.phone_number_id AND g.client_id = v_client_id AND g.revoked_at IS NULL
      WHERE c.contact_id = ct.id AND (g.visibility = 'all' OR c.owner_client_id = v_client_id)
    );
    IF NOT FOUND THEN
      RETURN;
    END IF;
  ELSE
    v_contact_id := resolve_contact(v_portfolio_id, ARRAY[p_kind], ARRAY[p_value], p_new_contact_id);
  END IF;

  INSERT INTO conversations (id, phone_number_id, contact_id, owner_client_id)
  VALUES (p_new_conversation_id, p_phone_number_id, v_contact_id, v_client_id)
  ON CONFLICT (phone_number_id, contact_id) DO NOTHING;
  UPDATE conversations SET owner_client_id = v_client_id
  WHERE phone_number_id = p_phone_number_id AND contact_id = v_contact_id AND owner_client_id IS NULL;

  RETURN QUERY SELECT c.id, c.contact_id FROM conversations c
  WHERE c.phone_number_id = p_phone_number_id AND c.contact_id = v_contact_id
    AND (v_visibility = 'all' OR c.owner_client_id = v_client_id);
END
$$;
--> statement-breakpoint
GRANT CREATE ON SCHEMA public TO wamcp_system;
--> statement-breakpoint
ALTER FUNCTION open_conversation OWNER TO wamcp_system;
--> statement-breakpoint
REVOKE CREATE ON SCHEMA public FROM wamcp_system;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION open_conversation, resolve_contact, find_contact FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION open_conversation TO wamcp_client, wamcp_system;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION resolve_contact, find_contact TO wamcp_system;
