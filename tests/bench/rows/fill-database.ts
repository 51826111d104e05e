import postgres from "postgres";
import { createVocabulary } from "./create-vocabulary";
import {
  describeDrafts,
  FEW_CONVERSATIONS,
  PIECES,
  sizeRows,
  uniform,
  WORDS,
  type RowSizes,
} from "./describe-drafts";
import type { RowTenants } from "./seed-row-tenants";

const BATCH = 250_000;
const TABLES = ["messages", "message_words", "media_objects"];

/** Fills a migrated database whose login is a superuser. Indexes are built after the rows, as they are defined in the schema. */
export async function fillDatabase(
  url: string,
  tenants: RowTenants,
  rows: number,
  log: (line: string) => void,
): Promise<void> {
  const sql = postgres(url, {
    max: 2,
    onnotice: () => {},
    connection: {
      // Neither triggers nor foreign keys: what the triggers would write is written here, and compared below.
      session_replication_role: "replica",
      synchronous_commit: "off",
      work_mem: "256MB",
      maintenance_work_mem: "2GB",
      enable_mergejoin: "off",
      enable_nestloop: "off",
      jit: "off",
    },
  });
  const sizes = sizeRows(rows);
  try {
    await prepare(sql, sizes, tenants);
    const indexes = await dropIndexes(sql);
    await Promise.all([
      fillInBatches(sql, sizes, insertMessages, (done) => log(`${done} messages`)),
      fillInBatches(sql, sizes, insertWords, (done) => log(`${done} of them with words`)),
    ]);
    await fillInBatches(sql, sizes, insertFiles, () => {});
    await buildIndexes(sql, indexes, log);
    await moveConversations(sql);
    await requireSameWords(sql);
    await sql`drop schema bench cascade`;
    for (const table of [...TABLES, "conversations", "contacts", "contact_aliases"]) {
      await sql`vacuum (freeze, analyze) ${sql(table)}`;
    }
    await sql`checkpoint`;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** The vocabulary, pieces of text with what search keeps of them, and the conversations. */
async function prepare(
  sql: postgres.Sql,
  { conversations }: RowSizes,
  { most, few, others, numbers }: RowTenants,
): Promise<void> {
  await sql`create schema bench`;
  await sql`create table bench.start as select date_trunc('second', now()) - interval '730 days 1 hour' as started_at`;
  await sql`create table bench.words as select word, place - 1 as place
    from unnest(${[...createVocabulary(WORDS).words]}::text[]) with ordinality as of (word, place)`;
  // Of words the k-th is as common as one of k (Zipf).
  await sql.unsafe(`
    create table bench.pieces as
    select place, text, fold_words(text) as words, to_tsvector('simple', part_words(fold_words(text))) as lexemes
    from (
      select n::int as place, upper(left(string_agg(w.word, ' ' order by k), 1))
        || substr(string_agg(w.word, ' ' order by k), 2) as text
      from generate_series(0::bigint, ${PIECES - 1}) as n
      cross join lateral generate_series(1::bigint, 1 + floor(${uniform("n", 1)} * 7)::bigint) as k
      join bench.words w on w.place = floor(power(${WORDS}, ${uniform("n * 10 + k", 2)}))::int - 1
      group by n
    ) as drawn`);
  const number = (id: string): string => `'${id}'::uuid`;
  const [first = "", second = "", third = ""] = numbers.map(({ id }) => number(id));
  await sql.unsafe(`
    create table bench.threads as
    select n::int as place, gen_random_uuid() as contact_id, '1650' || (1000000 + n) as wa_id,
      (lpad(to_hex((extract(epoch from started_at) * 1000)::bigint - ${conversations} + n), 12, '0') || '7'
        || left(md5(n::text), 3) || '8' || substr(md5(n::text), 4, 15))::uuid as conversation_id,
      case when n < ${FEW_CONVERSATIONS} then case n % 2 when 0 then ${first} else ${third} end
        when n % 10 < 6 then ${first} when n % 10 < 9 then ${second} else ${third} end as phone_number_id,
      case when n < ${FEW_CONVERSATIONS} then ${number(few)}
        when ${uniform("n", 9)} < 0.75 then ${number(most)}
        when ${uniform("n", 9)} < 0.85 then ${number(others[0])}
        when ${uniform("n", 9)} < 0.95 then ${number(others[1])} end as owner_client_id
    from generate_series(0::bigint, ${conversations - 1}) as n cross join bench.start`);
  for (const table of ["words", "pieces", "threads"]) await sql.unsafe(`analyze bench.${table}`);
  await sql`insert into contacts (id, portfolio_id) select contact_id, '900' from bench.threads`;
  await sql`insert into contact_aliases (portfolio_id, kind, value, contact_id)
    select '900', 'wa_id', wa_id, contact_id from bench.threads`;
  await sql`insert into conversations (id, phone_number_id, contact_id, owner_client_id, profile_name, created_at)
    select conversation_id, phone_number_id, contact_id, owner_client_id, 'Person ' || place, started_at
    from bench.threads cross join bench.start order by conversation_id`;
}

async function fillInBatches(
  sql: postgres.Sql,
  sizes: RowSizes,
  describe: (drafts: string) => string,
  onBatch: (done: number) => void,
): Promise<void> {
  for (let from = 0; from < sizes.rows; from += BATCH) {
    const to = Math.min(sizes.rows, from + BATCH) - 1;
    await sql.unsafe(describe(describeDrafts(sizes, from, to)));
    onBatch(to + 1);
  }
}

const insertMessages = (drafts: string): string => `
  insert into messages (id, phone_number_id, conversation_id, contact_id, client_id, direction, type, status, wamid, content,
    text, occurred_at, accepted_at, sent_at, delivered_at, read_at, attempts, created_at)
  select id, phone_number_id, conversation_id, contact_id, case when not is_inbound then owner_client_id end,
    case when is_inbound then 'inbound' else 'outbound' end, kind, case when is_inbound then 'received' else 'read' end, wamid,
    case when not is_inbound then jsonb_build_object('type', kind)
      when kind = 'text' then jsonb_build_object('from', wa_id, 'id', wamid, 'type', kind,
        'timestamp', extract(epoch from at)::bigint::text, 'text', jsonb_build_object('body', text))
      else jsonb_build_object('from', wa_id, 'id', wamid, 'type', kind, 'timestamp', extract(epoch from at)::bigint::text,
        kind, jsonb_build_object('id', n::text, 'mime_type', 'audio/ogg; codecs=opus', 'voice', true)) end,
    text, at, case when not is_inbound then at end, case when not is_inbound then at end,
    case when not is_inbound then at end, case when not is_inbound then at end, case when is_inbound then 0 else 1 end, at
  from (${drafts}) as drafts`;

const insertWords = (drafts: string): string => `
  insert into message_words (message_id, phone_number_id, conversation_id, owner_client_id, words, lexemes)
  select id, phone_number_id, conversation_id, owner_client_id, words, lexemes
  from (${drafts}) as drafts where kind = 'text'`;

const insertFiles = (drafts: string): string => `
  insert into media_objects (id, phone_number_id, message_id, client_id, direction, kind, state, declared_type, sniffed_type,
    size_bytes, created_at)
  select gen_random_uuid(), phone_number_id, id, case when not is_inbound then owner_client_id end,
    case when is_inbound then 'inbound' else 'outbound' end, kind, 'ready', 'audio/ogg', 'audio/ogg', 20000, at
  from (${drafts}) as drafts where kind = 'audio'`;

/** Takes away what is no constraint's, and returns how to make it again: the longest work first. */
async function dropIndexes(sql: postgres.Sql): Promise<string[]> {
  const rows = await sql<{ name: string; definition: string }[]>`
    select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
    from pg_index i join pg_class t on t.oid = i.indrelid join pg_class x on x.oid = i.indexrelid
    where t.relname = any (${TABLES}) and t.relnamespace = 'public'::regnamespace and not i.indisprimary
    order by pg_get_indexdef(i.indexrelid) like '%USING gin%' desc, x.relname`;
  for (const { name } of rows) await sql`drop index ${sql(name)}`;
  return rows.map(({ definition }) => definition);
}

async function buildIndexes(
  sql: postgres.Sql,
  definitions: string[],
  log: (line: string) => void,
): Promise<void> {
  const build = async (): Promise<void> => {
    for (let next = definitions.shift(); next !== undefined; next = definitions.shift()) {
      const startMs = performance.now();
      await sql.unsafe(next);
      log(`${next.split(" ON ")[0]}: ${((performance.now() - startMs) / 1000).toFixed(1)} s`);
    }
  };
  await Promise.all([build(), build()]);
}

async function moveConversations(sql: postgres.Sql): Promise<void> {
  await sql`
    update conversations c set last_message_at = told.last_at, last_inbound_at = told.inbound_at,
      last_position = told.sent, unread_count = case when hashint8(told.sent) % 10 = 0 then 2 else 0 end
    from (
      select conversation_id, max(occurred_at) as last_at, count(*) filter (where direction = 'outbound') as sent,
        max(occurred_at) filter (where direction = 'inbound') as inbound_at
      from messages group by conversation_id
    ) as told
    where told.conversation_id = c.id`;
}

/** The words were put together from those of the pieces: here is what the server's own function says. */
async function requireSameWords(sql: postgres.Sql): Promise<void> {
  const [row] = await sql<[{ wrong: number }]>`
    select count(*)::int as wrong
    from (select * from messages order by id desc limit 2000) m left join message_words w on w.message_id = m.id
    cross join lateral (select read_words(m::messages) as words) told
    where coalesce(w.words, '') <> told.words
      or w.lexemes <> to_tsvector('simple', part_words(told.words))`;
  if (row.wrong > 0) throw new Error(`${row.wrong} messages have other words than the server would store`);
}
