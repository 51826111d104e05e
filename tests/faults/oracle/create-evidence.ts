import type { Arrival, Evidence, OutboundRow } from "./evidence";

/** A run in which nothing went wrong, to be spoiled by a test: one conversation with three sends and one receipt. */
export function createEvidence(change: Partial<Evidence> = {}): Evidence {
  return {
    sent: new Map([
      ["key 1", "m1"],
      ["key 2", "m2"],
      ["key 3", "m3"],
    ]),
    torn: [],
    received: new Map([["wamid.in", "hello"]]),
    outbound: [createRow(1), createRow(2), createRow(3)],
    inbound: [{ id: "i1", wamid: "wamid.in", type: "text", text: "hello" }],
    arrivals: [createArrival(1), createArrival(2), createArrival(3)],
    conversations: [{ id: "c1", lastPosition: 3, deferredWakes: 0 }],
    people: 1,
    excused: new Set(),
    repeats: 0,
    mustBeZero: { "unsent events": 0 },
    ...change,
  };
}

/** The row of send number n, delivered. */
export function createRow(n: number, change: Partial<OutboundRow> = {}): OutboundRow {
  return {
    id: `m${n}`,
    conversationId: "c1",
    position: n,
    status: "delivered",
    hasReason: false,
    wamid: `wamid.${n}`,
    wasUncertain: false,
    statuses: ["queued", "sending", "accepted", "sent", "delivered"],
    ...change,
  };
}

/** The arrival of send number n. */
export function createArrival(n: number, change: Partial<Arrival> = {}): Arrival {
  return { seq: 10 * n, id: `m${n}`, wamid: `wamid.${n}`, status: "delivered", ...change };
}
