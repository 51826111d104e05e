/** What a call can wait for: what people write, what is sent to them, and how far that came. */
export type ArrivalKind = "inbound" | "outbound" | "statuses";
