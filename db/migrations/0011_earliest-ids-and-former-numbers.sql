-- A moment before 1970 lies before every id; its negative number would make an id behind them all.
CREATE OR REPLACE FUNCTION uuid_floor(p_at timestamptz) RETURNS uuid
LANGUAGE sql IMMUTABLE AS $$
  SELECT (lpad(to_hex(greatest(floor(extract(epoch FROM p_at) * 1000), 0)::bigint), 12, '0') || '00000000000000000000')::uuid
$$;
--> statement-breakpoint
-- A phone number that was given to somebody else takes every number of its former owner along.
CREATE OR REPLACE FUNCTION resolve_contact_at(
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
    -- All his numbers with it: another spelling of the same would lead to the new owner too.
    UPDATE contact_aliases SET ended_at = p_at
    WHERE kind IN ('wa_id', 'phone_input') AND ended_at IS NULL AND contact_id IN (
      SELECT former.contact_id FROM contact_aliases former
      WHERE p_kinds[place] IN ('wa_id', 'phone_input')
        AND former.portfolio_id = p_portfolio_id AND former.kind IN ('wa_id', 'phone_input')
        AND former.value = p_values[place] AND former.contact_id <> v_contact_id AND former.ended_at IS NULL
        AND is_somebody_else(former.contact_id, p_kinds, p_values)
    );
  END LOOP;
  PERFORM give_aliases(p_portfolio_id, p_kinds, p_values, v_contact_id, p_at);
  RETURN v_contact_id;
END
$$;
