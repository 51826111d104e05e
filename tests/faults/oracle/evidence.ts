/** A message that we sent, as the database has it. */
export interface OutboundRow {
  readonly id: string;
  readonly conversationId: string;
  readonly position: number;
  readonly status: string;
  /** Whether the row says why it ended without being sent. */
  readonly hasReason: boolean;
  readonly wamid: string | null;
  /** Whether any attempt's end was unknown for a time. */
  readonly wasUncertain: boolean;
  /** Every status in its history. */
  readonly statuses: readonly string[];
}

/** A message of a person, as the database has it. */
export interface InboundRow {
  readonly id: string;
  readonly wamid: string;
  readonly type: string;
  readonly text: string | null;
}

/** A message of ours on a phone. */
export interface Arrival {
  /** Meta's own count: a higher one came later. */
  readonly seq: number;
  /** Our id, as it came back. */
  readonly id: string;
  readonly wamid: string;
  readonly status: string;
}

export interface ConversationRow {
  readonly id: string;
  readonly lastPosition: number;
  readonly deferredWakes: number;
}

/** Everything that is compared when a run is over: plain data, so that the comparison itself can be tested. */
export interface Evidence {
  /** What answered calls were told: the message's id, by idempotency key. */
  readonly sent: ReadonlyMap<string, string>;
  /** Calls with one key that named different messages. */
  readonly torn: readonly { readonly key: string; readonly ids: readonly string[] }[];
  /** What people wrote: their text by Meta's id. */
  readonly received: ReadonlyMap<string, string>;
  readonly outbound: readonly OutboundRow[];
  readonly inbound: readonly InboundRow[];
  readonly arrivals: readonly Arrival[];
  readonly conversations: readonly ConversationRow[];
  /** How many people took part; each has one conversation. */
  readonly people: number;
  /** Doubled messages of which Meta spoke only after the settle time: the price that the design names. */
  readonly excused: ReadonlySet<string>;
  /** Calls that were made more than once; each may have left a gap in the positions. */
  readonly repeats: number;
  /** Counts of what must be zero, by name. */
  readonly mustBeZero: Readonly<Record<string, number>>;
}

/** Something that the product promised and did not keep. */
export interface Violation {
  readonly rule: string;
  /** The message, the conversation or whatever it is about. */
  readonly id: string;
  readonly detail: string;
}
