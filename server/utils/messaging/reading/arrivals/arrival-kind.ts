/** What a call can wait for: what people write, what is sent to them, and how far that came. */
export const ARRIVAL_KINDS = ["inbound", "outbound", "statuses"] as const;
export type ArrivalKind = (typeof ARRIVAL_KINDS)[number];
