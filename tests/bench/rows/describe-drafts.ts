/** How the rows of a database are spread. */
export interface RowSizes {
  readonly rows: number;
  readonly conversations: number;
}

/** Words in the vocabulary, and pieces of text that messages are put together from. */
export const WORDS = 8_000;
export const PIECES = 100_000;
/** What the client with few rows owns, in a small database as in a large one. */
export const FEW_ROWS = 1_000;
export const FEW_CONVERSATIONS = 20;

const ROWS_PER_CONVERSATION = 500;
const LEAST_CONVERSATIONS = 200;
const SPAN_MS = 2 * 365 * 24 * 60 * 60_000;

export function sizeRows(rows: number): RowSizes {
  return { rows, conversations: Math.max(LEAST_CONVERSATIONS, Math.round(rows / ROWS_PER_CONVERSATION)) };
}

/**
 * The query for messages `from` to `to` of a database, the oldest first. All in it follows from the number of the message, so
 * that tables which belong together can be filled side by side.
 */
export function describeDrafts({ rows, conversations }: RowSizes, from: number, to: number): string {
  const stepMs = SPAN_MS / rows;
  const others = conversations - FEW_CONVERSATIONS;
  const every = Math.floor(rows / FEW_ROWS);
  return `
    select d.n, d.at, d.kind, d.is_inbound, t.conversation_id, t.contact_id, t.phone_number_id, t.owner_client_id, t.wa_id,
      (lpad(to_hex((extract(epoch from d.at) * 1000)::bigint), 12, '0') || '7' || left(d.hash, 3) || '8'
        || substr(d.hash, 4, 15))::uuid as id,
      'wamid.HBgL' || upper(d.hash) as wamid,
      case when d.kind = 'text' then a.text || coalesce(' ' || b.text, '') || coalesce(' ' || number.text, '') end as text,
      a.words || coalesce(' ' || b.words, '') || coalesce(' ' || number.text, '') as words,
      a.lexemes || coalesce(b.lexemes, '') || coalesce(to_tsvector('simple', number.text), '') as lexemes
    from (
      select n, md5(n::text) as hash, now.started_at + n * ${stepMs} * interval '1 millisecond' as at,
        ${uniform("n", 1)} < 0.6 as is_inbound,
        case when ${uniform("n", 2)} < 0.05 then 'audio' else 'text' end as kind,
        case when n % ${every} = 0 then (n / ${every}) % ${FEW_CONVERSATIONS}
          else ${FEW_CONVERSATIONS} + floor(${others} * power(${uniform("n", 3)}, 2)) end::int as place,
        floor(${uniform("n", 4)} * ${PIECES})::int as a,
        case when ${uniform("n", 5)} < 0.7 then floor(${uniform("n", 6)} * ${PIECES})::int end as b,
        case when ${uniform("n", 7)} < 0.08 then floor(${uniform("n", 8)} * 90000000 + 10000000)::int end as number
      from generate_series(${from}::bigint, ${to}::bigint) as n cross join bench.start as now
      offset 0
    ) as d
    join bench.threads t on t.place = d.place
    join bench.pieces a on a.place = d.a
    left join bench.pieces b on b.place = d.b
    cross join lateral (select 'order ' || d.number as text) as number
    order by d.n`;
}

/** A number from 0 up to 1 that follows from another. */
export function uniform(expression: string, seed: number): string {
  return `((hashint8extended(${expression}, ${seed}) & 1073741823) / 1073741824.0::float8)`;
}
