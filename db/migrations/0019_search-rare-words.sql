-- The messages that hold every term, for the calling client: those that hold them as whole words before those that hold them
-- as parts of words, each the newest first. A term of several words is a phrase. Runs as wamcp_system: below row-level security
-- no index serves, because the operators of words are not leakproof. So it looks itself at what the client may see; the
-- caller then reads the messages as the client.
-- One number after the other. A walk over the newest comes first, and fills a page with what is common. What is left is rare and
-- is looked up in the index on words: PostgreSQL takes every word that it has not counted for a rather common one, and
-- at 10 million messages walked for 2.5 s to find none, where the index takes 0.1 ms.
CREATE OR REPLACE FUNCTION search_messages(
  p_terms text[], p_phone_number_ids uuid[], p_conversation_id uuid, p_contact_id uuid, p_direction text, p_type text,
  p_since timestamptz, p_until timestamptz, p_after_whole boolean, p_after_id uuid, p_limit integer
) RETURNS TABLE (message_id uuid, is_whole boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  v_client_id uuid := app_client_id();
  v_terms text[] := ARRAY(
    SELECT DISTINCT term FROM (SELECT left(btrim(fold_words(given)), 256) AS term FROM unnest(p_terms) AS given) folded
    WHERE term <> '' LIMIT 128
  );
  v_term text;
  v_phrase tsquery;
  v_query tsquery;
  v_is_wordless boolean := false;
  v_like text := 'true';
  v_grant grants;
  v_whole boolean;
  v_scope text;
  v_apart uuid[];
  v_owner text;
  v_is_indexed boolean := EXISTS (SELECT FROM unnest(v_terms) AS term WHERE term ~ '[[:alnum:]]{3}');
  v_match text;
  v_filter text;
  v_newest text;
  v_select text;
  v_floor uuid;
  v_can_look_up boolean;
  v_width integer;
  v_is_common boolean;
  v_older uuid[];
  v_hits uuid[];
  v_page uuid[];
  v_room integer := p_limit;
BEGIN
  IF cardinality(v_terms) = 0 THEN
    RETURN;
  END IF;
  FOREACH v_term IN ARRAY v_terms LOOP
    v_phrase := phraseto_tsquery('simple', part_words(v_term));
    v_is_wordless := v_is_wordless OR numnode(v_phrase) = 0;
    v_query := coalesce(v_query && v_phrase, v_phrase);
    v_like := v_like || format(' AND w.words LIKE %L', '%' || regexp_replace(v_term, '([\\%_])', '\\\1', 'g') || '%');
  END LOOP;
  v_filter := concat_ws(' AND ',
    CASE WHEN p_direction IS NOT NULL THEN format('m.direction = %L', p_direction) END,
    CASE WHEN p_type IS NOT NULL THEN format('m.type = %L', p_type) END,
    -- An id is made when a message is stored; a day more, because the clocks of two hosts may differ.
    CASE WHEN p_since IS NOT NULL THEN
      format('m.occurred_at >= %L AND w.message_id >= %L', p_since,
        uuid_floor(greatest(p_since - interval '1 day', 'epoch'))) END,
    CASE WHEN p_until IS NOT NULL THEN format('m.occurred_at < %L', p_until) END);

  FOREACH v_whole IN ARRAY ARRAY[true, false] LOOP
    CONTINUE WHEN v_whole AND (v_is_wordless OR p_after_whole IS FALSE);
    EXIT WHEN v_room <= 0;
    v_hits := ARRAY[]::uuid[];
    -- Of fewer than three letters there is no trigram: what holds them is looked for among the newest 10,000 alone.
    v_can_look_up := v_whole OR v_is_indexed;
    FOR v_grant IN
      SELECT g.* FROM grants g
      WHERE g.client_id = v_client_id AND g.revoked_at IS NULL AND g.phone_number_id = ANY (p_phone_number_ids)
    LOOP
      v_apart := ARRAY(
        SELECT c.id FROM conversations c
        WHERE v_grant.visibility = 'own' AND c.owner_client_id = v_client_id
          AND c.phone_number_id = v_grant.phone_number_id AND c.has_words_apart
      );
      FOREACH v_owner IN ARRAY CASE
        WHEN v_grant.visibility = 'all' THEN ARRAY['']
        WHEN cardinality(v_apart) = 0 THEN ARRAY[format(' AND w.owner_client_id = %L', v_client_id)]
        ELSE ARRAY[format(' AND w.owner_client_id = %L', v_client_id), format(' AND w.conversation_id = ANY (%L)', v_apart)]
      END LOOP
        v_scope := format('w.phone_number_id = %L', v_grant.phone_number_id) || v_owner
          || CASE WHEN p_conversation_id IS NOT NULL THEN format(' AND w.conversation_id = %L', p_conversation_id) ELSE '' END
          -- One conversation per number and contact. A value and no join, so that the index serves.
          || CASE WHEN p_contact_id IS NOT NULL THEN format(' AND w.conversation_id = %L', (
               SELECT c.id FROM conversations c
               WHERE c.phone_number_id = v_grant.phone_number_id AND c.contact_id = p_contact_id
             )) ELSE '' END
          || CASE WHEN p_after_id IS NOT NULL AND v_whole IS NOT DISTINCT FROM p_after_whole
               THEN format(' AND w.message_id < %L', p_after_id) ELSE '' END;
        v_match := CASE
            WHEN v_whole THEN format('w.lexemes @@ %L::tsquery', v_query)
            WHEN v_is_wordless THEN v_like
            ELSE v_like || format(' AND NOT w.lexemes @@ %L::tsquery', v_query)
          END;
        v_newest := 'SELECT w.* FROM message_words w WHERE ' || v_scope || ' ORDER BY w.message_id DESC';
        v_select := ' SELECT ARRAY(SELECT w.message_id FROM hits w JOIN conversations c ON c.id = w.conversation_id'
          || CASE WHEN v_filter <> '' THEN ' JOIN messages m ON m.id = w.message_id' ELSE '' END
          || ' WHERE ' || concat_ws(' AND ', 'true', nullif(v_filter, ''),
               CASE WHEN v_grant.visibility = 'own' THEN format('c.owner_client_id = %L', v_client_id) END);
        FOREACH v_width IN ARRAY ARRAY[1000, 10000] LOOP
          EXECUTE format('WITH hits AS NOT MATERIALIZED (SELECT w.* FROM (%s LIMIT %s) w WHERE %s) %s'
            ' ORDER BY w.message_id DESC LIMIT %s)', v_newest, v_width, v_match, v_select, v_room) INTO v_page;
          EXIT WHEN cardinality(v_page) >= v_room;
          EXECUTE format('SELECT w.message_id FROM (%s OFFSET %s LIMIT 1) w', v_newest, v_width - 1) INTO v_floor;
          -- That was all there is, or what is in none of a thousand is better looked up.
          EXIT WHEN v_floor IS NULL OR (v_can_look_up AND cardinality(v_page) = 0);
        END LOOP;
        IF cardinality(v_page) < v_room AND v_floor IS NOT NULL AND v_can_look_up THEN
          -- A common word may be rare together with a filter, and then the walk goes on to the end.
          v_is_common := false;
          IF v_filter <> '' THEN
            EXECUTE format('SELECT count(*) > %s / 50 FROM (%s LIMIT %s) w WHERE %s', v_width, v_newest, v_width, v_match)
            INTO v_is_common;
          END IF;
          EXECUTE format('WITH hits AS %s (SELECT w.message_id, w.conversation_id FROM message_words w WHERE %s AND %s) %s'
            ' AND w.message_id < %L ORDER BY w.message_id DESC LIMIT %s)',
            CASE WHEN v_is_common THEN 'NOT MATERIALIZED' ELSE 'MATERIALIZED' END, v_scope, v_match, v_select, v_floor,
            v_room - cardinality(v_page)) INTO v_older;
          v_page := v_page || v_older;
        END IF;
        v_hits := v_hits || v_page;
      END LOOP;
    END LOOP;
    v_hits := ARRAY(SELECT DISTINCT hit FROM unnest(v_hits) AS hit ORDER BY hit DESC LIMIT v_room);
    RETURN QUERY SELECT hit, v_whole FROM unnest(v_hits) AS hit;
    v_room := v_room - cardinality(v_hits);
  END LOOP;
END
$$;
