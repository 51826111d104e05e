-- Opens a conversation only for whom the grant's policy lets in, before anything is written: the refusal of a stranger and of
-- somebody else's contact then is the same work. Whether the window is open is for the caller to see.
CREATE OR REPLACE FUNCTION open_conversation(
  p_phone_number_id uuid, p_kind text, p_value text, p_contact_id uuid, p_new_contact_id uuid, p_new_conversation_id uuid
) RETURNS TABLE (conversation_id uuid, contact_id uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  v_client_id uuid := app_client_id();
  v_portfolio_id text;
  v_grant grants;
  v_contact_id uuid;
BEGIN
  SELECT g.* INTO v_grant FROM grants g
  WHERE g.phone_number_id = p_phone_number_id AND g.client_id = v_client_id AND g.revoked_at IS NULL;
  SELECT n.portfolio_id INTO v_portfolio_id FROM phone_numbers n
  WHERE n.id = p_phone_number_id AND n.disabled_at IS NULL;
  IF v_grant.id IS NULL OR v_portfolio_id IS NULL OR v_grant.recipient_policy = 'none' THEN
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
  ELSIF v_grant.recipient_policy = 'anyone' THEN
    v_contact_id := resolve_contact(v_portfolio_id, ARRAY[p_kind], ARRAY[p_value], p_new_contact_id);
  ELSE
    v_contact_id := find_contact(v_portfolio_id, ARRAY[p_kind], ARRAY[p_value]);
  END IF;
  IF v_contact_id IS NULL OR (v_grant.recipient_policy = 'allowlist' AND NOT EXISTS (
    SELECT FROM grant_recipients r WHERE r.grant_id = v_grant.id AND r.contact_id = v_contact_id
  )) THEN
    RETURN;
  END IF;

  -- Whoever's window is open has a conversation.
  IF v_grant.recipient_policy <> 'open_window' THEN
    INSERT INTO conversations (id, phone_number_id, contact_id, owner_client_id)
    VALUES (p_new_conversation_id, p_phone_number_id, v_contact_id, v_client_id)
    ON CONFLICT (phone_number_id, contact_id) DO NOTHING;
  END IF;
  UPDATE conversations SET owner_client_id = v_client_id
  WHERE phone_number_id = p_phone_number_id AND contact_id = v_contact_id AND owner_client_id IS NULL;

  RETURN QUERY SELECT c.id, c.contact_id FROM conversations c
  WHERE c.phone_number_id = p_phone_number_id AND c.contact_id = v_contact_id
    AND (v_grant.visibility = 'all' OR c.owner_client_id = v_client_id);
END
$$;
--> statement-breakpoint
-- What a person goes by is told per conversation.
CREATE OR REPLACE FUNCTION open_inbound_conversation(
  p_phone_number_id uuid, p_contact_id uuid, p_owner_client_id uuid, p_new_id uuid
) RETURNS TABLE (conversation_id uuid, profile_name text, username text)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_conversation conversations;
BEGIN
  FOR attempt IN 1..2 LOOP
    SELECT * INTO v_conversation FROM conversations
    WHERE phone_number_id = p_phone_number_id AND contact_id = p_contact_id FOR NO KEY UPDATE;
    EXIT WHEN FOUND;
    INSERT INTO conversations (id, phone_number_id, contact_id, owner_client_id)
    VALUES (p_new_id, p_phone_number_id, p_contact_id, p_owner_client_id)
    ON CONFLICT (phone_number_id, contact_id) DO NOTHING;
  END LOOP;
  RETURN QUERY SELECT v_conversation.id, v_conversation.profile_name, v_conversation.username;
END
$$;
