import type { Sql } from "postgres";
import type { Ledger } from "../drive/ledger";
import type { Stage } from "../stage/open-stage";
import type { Arrival, ConversationRow, Evidence, InboundRow, OutboundRow } from "./evidence";
import { countLeftovers } from "./count-leftovers";

export interface CollectOptions {
  readonly people: number;
  readonly repeats: number;
  readonly excused: ReadonlySet<string>;
}

/** Asks the phones and the database what became of everything. */
export async function collectEvidence(
  { phones, sql }: Stage,
  { sent, torn, received }: Ledger,
  options: CollectOptions,
): Promise<Evidence> {
  const arrivals = await phones.arrivals({});
  return {
    ...options,
    sent,
    torn,
    received,
    outbound: await readOutbound(sql),
    inbound: await readInbound(sql),
    conversations: await readConversations(sql),
    arrivals: arrivals.messages.map(({ seq, wamid, status, biz_opaque_callback_data: id }): Arrival => ({
      seq,
      wamid,
      status,
      id: id ?? "",
    })),
    mustBeZero: await countLeftovers(sql),
  };
}

function readOutbound(sql: Sql): Promise<OutboundRow[]> {
  return sql<OutboundRow[]>`
    select m.id, m.conversation_id as "conversationId", m.position::int, m.status, m.wamid,
      m.error ->> 'reason' is not null as "hasReason",
      coalesce(bool_or(e.detail ->> 'uncertain' = 'true'), false) as "wasUncertain",
      array_agg(distinct e.status) filter (where e.status is not null) as statuses
    from messages m left join message_events e on e.message_id = m.id
    where m.direction = 'outbound' group by m.id`;
}

function readInbound(sql: Sql): Promise<InboundRow[]> {
  return sql<InboundRow[]>`select id, wamid, type, text from messages where direction = 'inbound'`;
}

function readConversations(sql: Sql): Promise<ConversationRow[]> {
  return sql<ConversationRow[]>`
    select id, last_position::int as "lastPosition", deferred_wakes as "deferredWakes" from conversations`;
}
