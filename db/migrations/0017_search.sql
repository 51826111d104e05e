-- All three are trusted: who may create objects in the database may create them, without being a superuser.
CREATE EXTENSION IF NOT EXISTS unaccent SCHEMA public;
--> statement-breakpoint
CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public;
--> statement-breakpoint
-- Ids and words in one index: the words of one client are found without passing those of another.
CREATE EXTENSION IF NOT EXISTS btree_gin SCHEMA public;
--> statement-breakpoint
-- A text as it is searched: without case, accents and the many forms of one sign. The first 8,192 signs, which is twice the
-- longest text that may be sent; what a stranger writes can be megabytes. Immutable although unaccent is not declared so: its
-- rules are a file that comes with PostgreSQL, and a new file means that message_words is to be filled again.
CREATE FUNCTION fold_words(p_text text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = public, pg_temp AS $$
  SELECT translate(lower(unaccent('public.unaccent'::regdictionary,
    normalize(regexp_replace(normalize(left(p_text, 8192), NFKD), '[\u0300-\u036f]+', '', 'g'), NFC))), 'ς', 'σ')
$$;
--> statement-breakpoint
-- Folded words apart. Chinese, Japanese and Korean put no spaces between words: each sign counts as one, and a word is a phrase.
CREATE FUNCTION part_words(p_words text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT regexp_replace(p_words,
    '([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003134f])', ' \1 ', 'g')
$$;
--> statement-breakpoint
ALTER TABLE conversations ADD COLUMN has_words_apart boolean DEFAULT false NOT NULL;
--> statement-breakpoint
-- Conversations whose words are not all under their owner; few are.
CREATE INDEX conversations_with_words_apart ON conversations (owner_client_id, phone_number_id) WHERE has_words_apart;
--> statement-breakpoint
-- Whom a caller named: what it may be told of the person, whatever other clients know.
ALTER TABLE messages ADD COLUMN named_recipient text;
--> statement-breakpoint
-- What is searched, apart from the messages: a status changes its message's row five times, and every index on the row with it.
CREATE TABLE message_words (
  message_id uuid PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
  phone_number_id uuid NOT NULL,
  conversation_id uuid NOT NULL,
  -- As in conversations, so that a client's own words are found by the index alone.
  owner_client_id uuid,
  words text NOT NULL,
  lexemes tsvector NOT NULL
);
--> statement-breakpoint
ALTER TABLE message_words ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE message_words FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY system_all ON message_words TO wamcp_system USING (true) WITH CHECK (true);
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON message_words TO wamcp_system;
--> statement-breakpoint
-- What a message is found by: its words, and the name of its file, as Meta tells it or as we name it. An edit is found by the
-- message that it changed, which has its words, unless that one is not known.
CREATE FUNCTION read_words(p_message messages) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN p_message.type = 'edit' AND EXISTS (
    SELECT FROM messages original
    WHERE original.phone_number_id = p_message.phone_number_id AND original.wamid = p_message.reply_to_wamid
      AND original.conversation_id = p_message.conversation_id AND original.direction = p_message.direction
  ) THEN '' ELSE fold_words(concat_ws(E'\n', p_message.text, CASE WHEN p_message.type = 'document' THEN
    coalesce(p_message.content #>> '{document,filename}', p_message.content ->> 'filename')
  END)) END
$$;
--> statement-breakpoint
CREATE FUNCTION store_words() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_words text := read_words(NEW);
BEGIN
  -- Edits that came before what they changed.
  IF NEW.wamid IS NOT NULL THEN
    DELETE FROM message_words WHERE message_id IN (
      SELECT m.id FROM messages m
      WHERE m.conversation_id = NEW.conversation_id AND m.reply_to_wamid = NEW.wamid AND m.type = 'edit'
        AND m.direction = NEW.direction
    );
  END IF;
  IF v_words = '' THEN
    DELETE FROM message_words WHERE message_id = NEW.id;
    RETURN NULL;
  END IF;
  INSERT INTO message_words (message_id, phone_number_id, conversation_id, owner_client_id, words, lexemes)
  SELECT NEW.id, NEW.phone_number_id, c.id, c.owner_client_id, v_words, to_tsvector('simple', part_words(v_words))
  FROM conversations c WHERE c.id = NEW.conversation_id
  ON CONFLICT (message_id) DO UPDATE SET words = excluded.words, lexemes = excluded.lexemes;
  RETURN NULL;
END
$$;
--> statement-breakpoint
-- A conversation that changes hands takes its words along, as long as they are few: a client's first message to a person may be
-- what hands it over, and would wait. Many stay with the former owner, and are looked for by their conversation. Whoever writes
-- a message has the conversation's lock, so that none is missed.
CREATE FUNCTION hand_over_words() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  NEW.has_words_apart := NEW.has_words_apart OR (
    SELECT count(*) > 200 FROM (SELECT FROM message_words w WHERE w.conversation_id = NEW.id LIMIT 201) AS several
  );
  IF NOT NEW.has_words_apart THEN
    UPDATE message_words SET owner_client_id = NEW.owner_client_id WHERE conversation_id = NEW.id;
  END IF;
  RETURN NEW;
END
$$;
--> statement-breakpoint
-- The messages that hold every term, for the calling client: those that hold them as whole words before those that hold them
-- as parts of words, each the newest first. A term of several words is a phrase. Runs as wamcp_system: below row-level security
-- no index serves, because the operators of words are not leakproof. So it looks itself at what the client may see; the
-- caller then reads the messages as the client.
-- One number after the other, in queries that are planned for the words at hand: how common they are decides between the
-- index on words and a walk from the newest message on.
CREATE FUNCTION search_messages(
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
  v_from text;
  v_filter text;
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
    CASE WHEN p_direction IS NOT NULL THEN 'm.direction = $6' END,
    CASE WHEN p_type IS NOT NULL THEN 'm.type = $7' END,
    -- An id is made when a message is stored; a day more, because the clocks of two hosts may differ.
    CASE WHEN p_since IS NOT NULL THEN
      'm.occurred_at >= $8 AND w.message_id >= uuid_floor(greatest($8 - interval ''1 day'', ''epoch''))' END,
    CASE WHEN p_until IS NOT NULL THEN 'm.occurred_at < $9' END);

  FOREACH v_whole IN ARRAY ARRAY[true, false] LOOP
    CONTINUE WHEN v_whole AND (v_is_wordless OR p_after_whole IS FALSE);
    EXIT WHEN v_room <= 0;
    v_hits := ARRAY[]::uuid[];
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
        WHEN cardinality(v_apart) = 0 THEN ARRAY[' AND w.owner_client_id = $2']
        ELSE ARRAY[' AND w.owner_client_id = $2', ' AND w.conversation_id = ANY ($11)']
      END LOOP
        v_scope := 'w.phone_number_id = $1' || v_owner
          || CASE WHEN p_conversation_id IS NOT NULL THEN ' AND w.conversation_id = $3' ELSE '' END
          -- One conversation per number and contact. A value and no join, so that the index serves.
          || CASE WHEN p_contact_id IS NOT NULL THEN format(' AND w.conversation_id = %L', (
               SELECT c.id FROM conversations c
               WHERE c.phone_number_id = v_grant.phone_number_id AND c.contact_id = p_contact_id
             )) ELSE '' END
          || CASE WHEN p_after_id IS NOT NULL AND v_whole IS NOT DISTINCT FROM p_after_whole
               THEN ' AND w.message_id < $4' ELSE '' END;
        -- Of fewer than three letters there is no trigram, so what holds them is looked for among the newest.
        v_from := CASE WHEN v_whole OR EXISTS (
            SELECT FROM unnest(v_terms) AS term WHERE term ~ '[[:alnum:]]{3}'
          )
          THEN 'message_words w'
          ELSE '(SELECT * FROM message_words w WHERE ' || v_scope || ' ORDER BY w.message_id DESC LIMIT 10000) w' END;
        EXECUTE 'SELECT ARRAY(SELECT w.message_id FROM ' || v_from
          || ' JOIN conversations c ON c.id = w.conversation_id'
          || CASE WHEN v_filter <> '' THEN ' JOIN messages m ON m.id = w.message_id' ELSE '' END
          || ' WHERE ' || v_scope || ' AND '
          || CASE
               WHEN v_whole THEN 'w.lexemes @@ $5'
               WHEN v_is_wordless THEN v_like
               ELSE v_like || ' AND NOT w.lexemes @@ $5'
             END
          || CASE WHEN v_grant.visibility = 'own' THEN ' AND c.owner_client_id = $2' ELSE '' END
          || CASE WHEN v_filter <> '' THEN ' AND ' || v_filter ELSE '' END
          || ' ORDER BY w.message_id DESC LIMIT $10)'
        INTO v_page
        USING v_grant.phone_number_id, v_client_id, p_conversation_id, p_after_id, v_query, p_direction, p_type, p_since,
          p_until, v_room, v_apart;
        v_hits := v_hits || v_page;
      END LOOP;
    END LOOP;
    v_hits := ARRAY(SELECT DISTINCT hit FROM unnest(v_hits) AS hit ORDER BY hit DESC LIMIT v_room);
    RETURN QUERY SELECT hit, v_whole FROM unnest(v_hits) AS hit;
    v_room := v_room - cardinality(v_hits);
  END LOOP;
END
$$;
--> statement-breakpoint
GRANT CREATE ON SCHEMA public TO wamcp_system;
--> statement-breakpoint
ALTER FUNCTION store_words OWNER TO wamcp_system;
--> statement-breakpoint
ALTER FUNCTION hand_over_words OWNER TO wamcp_system;
--> statement-breakpoint
ALTER FUNCTION search_messages OWNER TO wamcp_system;
--> statement-breakpoint
REVOKE CREATE ON SCHEMA public FROM wamcp_system;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION search_messages, store_words, hand_over_words, read_words FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION search_messages TO wamcp_client, wamcp_system;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION read_words TO wamcp_system;
--> statement-breakpoint
-- Nothing is written between what is filled in here and the triggers. Filled before there are indexes, which costs a fraction.
LOCK TABLE messages, conversations IN SHARE ROW EXCLUSIVE MODE;
--> statement-breakpoint
-- Row-level security binds the tables' owner too.
SET LOCAL ROLE wamcp_system;
--> statement-breakpoint
INSERT INTO message_words (message_id, phone_number_id, conversation_id, owner_client_id, words, lexemes)
SELECT m.id, m.phone_number_id, c.id, c.owner_client_id, w.words, to_tsvector('simple', part_words(w.words))
FROM messages m JOIN conversations c ON c.id = m.conversation_id CROSS JOIN LATERAL (SELECT read_words(m) AS words) w
WHERE w.words <> '';
--> statement-breakpoint
RESET ROLE;
--> statement-breakpoint
-- Rare words, and parts of words. A search reads its pending list from one end to the other, so that is kept short.
CREATE INDEX message_words_search ON message_words
USING gin (phone_number_id, owner_client_id, conversation_id, lexemes, words gin_trgm_ops) WITH (gin_pending_list_limit = 512);
--> statement-breakpoint
-- Common words: the newest messages of a number, of a client, or of a conversation hold enough of them.
CREATE INDEX message_words_by_number ON message_words (phone_number_id, message_id);
--> statement-breakpoint
CREATE INDEX message_words_by_owner ON message_words (owner_client_id, phone_number_id, message_id);
--> statement-breakpoint
CREATE INDEX message_words_by_conversation ON message_words (conversation_id, message_id);
--> statement-breakpoint
CREATE TRIGGER messages_store_words AFTER INSERT ON messages
FOR EACH ROW WHEN (NEW.text IS NOT NULL OR NEW.type = 'document') EXECUTE FUNCTION store_words();
--> statement-breakpoint
CREATE TRIGGER messages_store_changed_words AFTER UPDATE OF text, content ON messages
FOR EACH ROW WHEN (OLD.text IS DISTINCT FROM NEW.text OR OLD.content IS DISTINCT FROM NEW.content)
EXECUTE FUNCTION store_words();
--> statement-breakpoint
CREATE TRIGGER conversations_hand_over_words BEFORE UPDATE OF owner_client_id ON conversations
FOR EACH ROW WHEN (OLD.owner_client_id IS DISTINCT FROM NEW.owner_client_id) EXECUTE FUNCTION hand_over_words();
--> statement-breakpoint
-- All conversations of a number, newest first.
CREATE INDEX conversations_by_activity ON conversations (phone_number_id, last_message_at);
--> statement-breakpoint
-- Who marks a message as read has Meta told.
CREATE POLICY client_causes_reads ON outbox FOR INSERT TO wamcp_client WITH CHECK (
  name = 'wa/message.read' AND (SELECT app_client_id()) IS NOT NULL
);
--> statement-breakpoint
-- How Meta sees a number, for whoever may use it.
GRANT SELECT (status, name_status, throughput_level, messaging_limit_tier, health, synced_at) ON phone_numbers TO wamcp_client;
