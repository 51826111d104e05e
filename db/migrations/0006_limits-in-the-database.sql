DO $$
DECLARE
  table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY['approvals', 'grant_recipients', 'rate_buckets', 'usage_daily'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', table_name);
    EXECUTE format('CREATE POLICY system_all ON %I TO wamcp_system USING (true) WITH CHECK (true)', table_name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO wamcp_system', table_name);
  END LOOP;
END
$$;
--> statement-breakpoint
GRANT SELECT, INSERT ON approvals TO wamcp_client;
--> statement-breakpoint
CREATE POLICY client_own ON approvals FOR SELECT TO wamcp_client USING (client_id = (SELECT app_client_id()));
--> statement-breakpoint
-- A client asks; only the system answers.
CREATE POLICY client_asks ON approvals FOR INSERT TO wamcp_client WITH CHECK (
  client_id = (SELECT app_client_id()) AND state = 'pending' AND decided_at IS NULL AND decided_by IS NULL
  AND EXISTS (
    SELECT FROM messages m
    WHERE m.id = approvals.message_id AND m.client_id = approvals.client_id AND m.api_key_id = approvals.api_key_id
      AND m.status = 'held'
  )
);
--> statement-breakpoint
GRANT SELECT ON grant_recipients TO wamcp_client;
--> statement-breakpoint
CREATE POLICY client_own ON grant_recipients FOR SELECT TO wamcp_client USING (
  EXISTS (SELECT FROM grants g WHERE g.id = grant_recipients.grant_id)
);
--> statement-breakpoint
-- Whoever queues must know that nothing is sent from the number at present.
GRANT SELECT (paused_at, pause_code) ON phone_numbers TO wamcp_client;
--> statement-breakpoint
-- A call counts against its key if fewer than `p_limit` calls were made within the last minute; else the seconds until one
-- will be allowed. One statement, one row per key, locked: exact however many processes ask at once. The minute is 60
-- whole seconds and the one that runs, so no 60 seconds ever hold more. The database's clock is the one that all share.
CREATE FUNCTION take_rate_permit(p_api_key_id uuid, p_limit integer, p_now timestamptz DEFAULT clock_timestamp())
RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  c_places CONSTANT integer := 61;
  v_second bigint := floor(extract(epoch FROM p_now));
  v_head bigint;
  v_hits integer[];
  v_used integer;
BEGIN
  INSERT INTO rate_buckets VALUES (p_api_key_id, v_second, array_fill(0, ARRAY[c_places])) ON CONFLICT DO NOTHING;
  SELECT head_second, hits INTO v_head, v_hits FROM rate_buckets WHERE api_key_id = p_api_key_id FOR UPDATE;
  IF v_second > v_head THEN
    v_hits := (array_fill(0, ARRAY[least(v_second - v_head, c_places)::integer]) || v_hits)[1:c_places];
    v_head := v_second;
  END IF;
  v_used := (SELECT sum(hit) FROM unnest(v_hits) AS hit);
  IF v_used < p_limit THEN
    v_hits[1] := v_hits[1] + 1;
    UPDATE rate_buckets SET head_second = v_head, hits = v_hits WHERE api_key_id = p_api_key_id;
    RETURN 0;
  END IF;
  FOR place IN REVERSE c_places..1 LOOP
    v_used := v_used - v_hits[place];
    IF v_used < p_limit THEN
      RETURN c_places + 1 - place;
    END IF;
  END LOOP;
  -- A limit of nothing is never met.
  RETURN c_places;
END
$$;
--> statement-breakpoint
-- What a message counts against, in the order in which every transaction takes the rows: none can wait for the other.
CREATE FUNCTION list_quotas(p_client_id uuid, p_api_key_id uuid, p_phone_number_id uuid)
RETURNS TABLE (scope text, subject_id uuid, cap integer)
LANGUAGE sql STABLE AS $$
  SELECT 'client', c.id, (c.policy ->> 'daily_cap')::integer FROM clients c WHERE c.id = p_client_id
  UNION ALL
  SELECT 'key', coalesce(k.limits_key_id, k.id), k.daily_msg_limit FROM api_keys k
  WHERE k.id = p_api_key_id AND k.client_id = p_client_id
  UNION ALL
  SELECT 'grant', g.id, g.daily_cap FROM grants g
  WHERE g.client_id = p_client_id AND g.phone_number_id = p_phone_number_id
$$;
--> statement-breakpoint
-- The smallest uuid v7 of a moment: ids made since then sort above it.
CREATE FUNCTION uuid_floor(p_at timestamptz) RETURNS uuid
LANGUAGE sql IMMUTABLE AS $$
  SELECT (lpad(to_hex(floor(extract(epoch FROM p_at) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid
$$;
--> statement-breakpoint
-- Counts a message that the calling client has just inserted against every cap that holds for it. A row says which cap is
-- full; then the caller must roll back, or the message would be sent uncounted.
-- The hour of a recipient needs no counter: the conversation's row is locked by whoever queues, so counting is exact.
CREATE FUNCTION charge_send(p_message_id uuid)
RETURNS TABLE (scope text, cap integer, retry_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  v_message messages;
  v_quota record;
  v_cap integer;
  v_sent integer;
  v_first timestamptz;
BEGIN
  SELECT * INTO STRICT v_message FROM messages WHERE id = p_message_id AND client_id = app_client_id();
  SELECT g.recipient_hourly_cap INTO v_cap FROM grants g
  WHERE g.client_id = v_message.client_id AND g.phone_number_id = v_message.phone_number_id;
  IF v_cap IS NOT NULL THEN
    SELECT count(*), min(m.occurred_at) INTO v_sent, v_first FROM messages m
    -- The ids of other hosts may be made by clocks that are a little behind.
    WHERE m.conversation_id = v_message.conversation_id AND m.id > uuid_floor(v_message.occurred_at - interval '65 minutes')
      AND m.occurred_at > v_message.occurred_at - interval '1 hour' AND m.direction = 'outbound'
      AND m.client_id = v_message.client_id AND m.id <> v_message.id AND m.status NOT IN ('failed', 'expired', 'cancelled');
    IF v_sent >= v_cap THEN
      RETURN QUERY SELECT 'recipient', v_cap, coalesce(v_first, v_message.occurred_at) + interval '1 hour';
      RETURN;
    END IF;
  END IF;

  FOR v_quota IN SELECT * FROM list_quotas(v_message.client_id, v_message.api_key_id, v_message.phone_number_id) LOOP
    INSERT INTO usage_daily AS u (day, scope, subject_id, sends)
    SELECT (v_message.occurred_at AT TIME ZONE 'UTC')::date, v_quota.scope, v_quota.subject_id, 1
    WHERE coalesce(v_quota.cap, 1) > 0
    ON CONFLICT (day, scope, subject_id) DO UPDATE SET sends = u.sends + 1
    WHERE v_quota.cap IS NULL OR u.sends < v_quota.cap;
    IF NOT FOUND THEN
      RETURN QUERY SELECT v_quota.scope, v_quota.cap,
        (date_trunc('day', v_message.occurred_at AT TIME ZONE 'UTC') + interval '1 day') AT TIME ZONE 'UTC';
      RETURN;
    END IF;
  END LOOP;
END
$$;
--> statement-breakpoint
-- What was certainly not sent gives its place back, whichever way it came to that; what arrived after all takes it again.
CREATE FUNCTION move_quota() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  c_unsent CONSTANT text[] := ARRAY['failed', 'expired', 'cancelled'];
  v_change integer := (OLD.status = ANY (c_unsent))::integer - (NEW.status = ANY (c_unsent))::integer;
  v_quota record;
BEGIN
  IF v_change = 0 THEN
    RETURN NULL;
  END IF;
  FOR v_quota IN SELECT * FROM list_quotas(NEW.client_id, NEW.api_key_id, NEW.phone_number_id) LOOP
    UPDATE usage_daily SET sends = sends + v_change
    WHERE day = (NEW.occurred_at AT TIME ZONE 'UTC')::date AND scope = v_quota.scope AND subject_id = v_quota.subject_id;
  END LOOP;
  RETURN NULL;
END
$$;
--> statement-breakpoint
GRANT CREATE ON SCHEMA public TO wamcp_system;
--> statement-breakpoint
ALTER FUNCTION charge_send OWNER TO wamcp_system;
--> statement-breakpoint
ALTER FUNCTION move_quota OWNER TO wamcp_system;
--> statement-breakpoint
REVOKE CREATE ON SCHEMA public FROM wamcp_system;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION take_rate_permit, list_quotas, charge_send FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION take_rate_permit, list_quotas TO wamcp_system;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION charge_send TO wamcp_client, wamcp_system;
--> statement-breakpoint
CREATE TRIGGER messages_move_quota AFTER UPDATE OF status ON messages
FOR EACH ROW WHEN (NEW.api_key_id IS NOT NULL AND OLD.status IS DISTINCT FROM NEW.status)
EXECUTE FUNCTION move_quota();
