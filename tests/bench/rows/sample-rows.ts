import { createVocabulary } from "./create-vocabulary";
import { WORDS } from "./describe-drafts";
import type { Reader, RowSide } from "./open-row-side";

/** What a reader may ask about, spread over its time. */
export interface RowSamples {
  readonly messages: readonly SampledMessage[];
  /** Of a message, by which no other is found. */
  readonly orders: readonly string[];
  /** When something was written last, over all conversations. */
  readonly activityMs: readonly number[];
  /** Found in one message of a thousand, in many messages, and in none. */
  readonly middle: readonly string[];
  readonly common: readonly string[];
  readonly absent: readonly string[];
}

export interface SampledMessage {
  readonly id: string;
  readonly conversationId: string;
}

const POINTS = 120;

/** Draws messages as they lie in time: the more a conversation has, the more often it is drawn. */
export async function sampleRows(side: RowSide, reader: Reader): Promise<RowSamples> {
  const { sql } = side;
  // The owner's are those of the client that has most.
  const owner = side.clientIdOf(reader === "owner" ? "most" : reader);
  const [number] = await sql<{ id: string }[]>`select id from phone_numbers where wa_phone_number_id = '101'`;
  const numberId = number?.id ?? "";
  const points = sql`(
    select place, uuid_floor(now() - interval '729 days' * (place + 0.5) / ${POINTS}::float8) as floor
    from generate_series(0, ${POINTS - 1}::int) as place) as points`;
  const messages = await sql<SampledMessage[]>`
    select found.id, found."conversationId" from ${points} cross join lateral (
      select w.message_id as id, w.conversation_id as "conversationId" from message_words w
      where w.owner_client_id = ${owner} and w.phone_number_id = ${numberId} and w.message_id >= points.floor
      order by w.message_id limit 1
    ) as found order by md5(place::text)`;
  const orders = await sql<{ order: string }[]>`
    select found.order from ${points} cross join lateral (
      select substring(w.words from 'order ([0-9]{8})') as order from message_words w
      where w.owner_client_id = ${owner} and w.phone_number_id = ${numberId} and w.message_id >= points.floor
        and w.words ~ 'order [0-9]{8}'
      order by w.message_id limit 1
    ) as found order by md5(place::text)`;
  // Times that part the conversations into twelve.
  const activity = await sql<{ at: Date }[]>`
    select min(last_message_at) as at from (
      select last_message_at, ntile(12) over (order by last_message_at) as part from conversations
      where owner_client_id = ${owner} and phone_number_id = ${numberId} and last_message_at is not null
    ) as parted group by part`;
  const { words, absent } = createVocabulary(WORDS);
  return {
    messages,
    orders: orders.map(({ order }) => order),
    activityMs: activity.map(({ at }) => at.getTime()),
    middle: words.slice(900, 900 + POINTS),
    common: words.slice(2, 14),
    absent: absent.filter((word) => word.length > 4).slice(0, POINTS),
  };
}
