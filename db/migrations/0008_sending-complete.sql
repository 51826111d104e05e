ALTER TABLE "conversations" ADD COLUMN "paced_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "phone_numbers" ADD COLUMN "throttled_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "phone_numbers" ADD COLUMN "throttle_level" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "messages_to_expire" ON "messages" USING btree ("expires_at") WHERE "messages"."status" = 'queued' and "messages"."expires_at" is not null;--> statement-breakpoint
-- Ends a message of the calling client that has not left. No row: it is not the client's. Otherwise where it stood, and
-- with `is_cancelled` that it will never leave. A claim takes the same lock, so one of the two comes first.
-- The wake-up that `next_id` then needs has been taken from those that were put by; the caller hands it on.
CREATE FUNCTION cancel_message(p_message_id uuid, p_event_id uuid, p_now timestamptz)
RETURNS TABLE (is_cancelled boolean, status text, is_uncertain boolean, had_uncertain_attempt boolean, next_id uuid, next_request_id text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  v_message messages;
  v_deferred_wakes integer;
  v_next messages;
  v_had_uncertain_attempt boolean;
BEGIN
  SELECT * INTO v_message FROM messages m
  WHERE m.id = p_message_id AND m.client_id = app_client_id() AND m.direction = 'outbound';
  IF NOT FOUND THEN
    RETURN;
  END IF;
  SELECT c.deferred_wakes INTO v_deferred_wakes FROM conversations c
  WHERE c.id = v_message.conversation_id FOR NO KEY UPDATE;
  SELECT * INTO v_message FROM messages m WHERE m.id = p_message_id FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  v_had_uncertain_attempt := EXISTS (
    SELECT FROM message_events e WHERE e.message_id = p_message_id AND e.detail ->> 'uncertain' = 'true'
  );
  IF v_message.status NOT IN ('queued', 'held') THEN
    RETURN QUERY SELECT false, v_message.status, v_message.uncertain_at IS NOT NULL, v_had_uncertain_attempt, null::uuid, null::text;
    RETURN;
  END IF;

  UPDATE messages m SET status = 'cancelled', next_attempt_at = NULL WHERE m.id = p_message_id;
  INSERT INTO message_events (id, message_id, phone_number_id, status, occurred_at)
  VALUES (p_event_id, p_message_id, v_message.phone_number_id, 'cancelled', p_now);
  UPDATE approvals a SET state = 'refused', decided_at = p_now, decided_by = 'key'
  WHERE a.message_id = p_message_id AND a.state = 'pending';

  -- It may have been what the others waited for. On a number from which nothing is sent they go on waiting.
  IF v_message.status = 'queued' AND v_deferred_wakes > 0 AND EXISTS (
    SELECT FROM phone_numbers n WHERE n.id = v_message.phone_number_id AND n.paused_at IS NULL AND n.disabled_at IS NULL
  ) THEN
    SELECT * INTO v_next FROM messages m
    WHERE m.conversation_id = v_message.conversation_id AND m.status = 'queued' AND m.uncertain_at IS NULL
    ORDER BY m.position LIMIT 1;
    UPDATE conversations c SET deferred_wakes = CASE WHEN v_next.id IS NULL THEN 0 ELSE v_deferred_wakes - 1 END
    WHERE c.id = v_message.conversation_id;
  END IF;
  RETURN QUERY SELECT true, v_message.status, false, v_had_uncertain_attempt, v_next.id, v_next.request_id;
END
$$;
--> statement-breakpoint
GRANT CREATE ON SCHEMA public TO wamcp_system;
--> statement-breakpoint
ALTER FUNCTION cancel_message OWNER TO wamcp_system;
--> statement-breakpoint
REVOKE CREATE ON SCHEMA public FROM wamcp_system;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION cancel_message FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION cancel_message TO wamcp_client, wamcp_system;
