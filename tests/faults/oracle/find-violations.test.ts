import { describe, expect, it } from "vitest";
import { createArrival, createEvidence, createRow } from "./create-evidence";
import type { Evidence } from "./evidence";
import { findViolations } from "./find-violations";

const rulesOf = (change: Partial<Evidence>): string[] =>
  findViolations(createEvidence(change)).map(({ rule, id }) => `${rule}: ${id}`);

describe("findViolations", () => {
  it("finds nothing when everything went well", () => {
    expect(rulesOf({})).toEqual([]);
  });
});

describe("of sends", () => {
  it("reports a lost one", () => {
    const arrivals = [createArrival(1), createArrival(3)];
    expect(rulesOf({ arrivals })).toEqual(["lost: m2"]);
  });

  it("reports one that arrived twice", () => {
    const arrivals = [1, 2, 3].map((n) => createArrival(n));
    const again = createArrival(2, { seq: 40, wamid: "wamid.2b" });
    expect(rulesOf({ arrivals: [...arrivals, again] })).toEqual(["doubled: m2"]);
    expect(rulesOf({ arrivals: [...arrivals, again], excused: new Set(["m2"]) })).toEqual([]);
  });

  it("reports an unknown one that arrived twice, and one whose reports all came", () => {
    const outbound = [createRow(1), createRow(2, { status: "unknown", hasReason: true }), createRow(3)];
    expect(rulesOf({ outbound })).toEqual(["untrue: m2"]);
    const twice = [1, 2, 2, 3].map((n, index) => createArrival(n, { seq: index }));
    expect(rulesOf({ outbound, arrivals: twice })).toEqual(["doubled: m2", "untrue: m2"]);
  });

  it("takes unknown, failed and expired ones that give a reason and did not arrive", () => {
    const ends = ["unknown", "failed", "expired"];
    const outbound = ends.map((status, index) => createRow(index + 1, { status, hasReason: true }));
    expect(rulesOf({ outbound, arrivals: [] })).toEqual([]);
  });

  it("reports a failed one without a reason, and an expired one that arrived", () => {
    const outbound = [
      createRow(1, { status: "failed" }),
      createRow(2, { status: "expired", hasReason: true }),
      createRow(3),
    ];
    const arrivals = [createArrival(2), createArrival(3)];
    expect(rulesOf({ outbound, arrivals })).toEqual(["no reason: m1", "untrue: m2"]);
  });

  it("reports one that is stuck, whether it arrived or not", () => {
    const outbound = [createRow(1, { status: "queued" }), createRow(2, { status: "sending" }), createRow(3)];
    const arrivals = [createArrival(2), createArrival(3)];
    expect(rulesOf({ outbound, arrivals })).toEqual(expect.arrayContaining(["stuck: m1", "stuck: m2"]));
  });

  it("reports an answered call without a row, and rows and arrivals that nobody asked for", () => {
    const sent = new Map([
      ["key 1", "m1"],
      ["key 2", "m2"],
      ["key 4", "m4"],
    ]);
    const arrivals = [1, 2, 3, 5].map((n) => createArrival(n));
    expect(rulesOf({ sent, arrivals })).toEqual(["vanished: m4", "unasked: m3", "unasked: m5"]);
  });

  it("reports a key that named two messages", () => {
    expect(rulesOf({ torn: [{ key: "key 1", ids: ["m1", "m2"] }] })).toEqual([
      "one key, two messages: key 1",
    ]);
  });

  it("reports a status below its history, and one below the phone's", () => {
    const outbound = [
      createRow(1, { status: "accepted" }),
      createRow(2, { status: "accepted", statuses: ["accepted"] }),
      createRow(3),
    ];
    expect(rulesOf({ outbound })).toEqual(["wrong status: m1", "wrong status: m1", "wrong status: m2"]);
  });

  it("reports a wamid that no phone knows", () => {
    const outbound = [createRow(1, { wamid: "wamid.other" }), createRow(2), createRow(3)];
    expect(rulesOf({ outbound })).toEqual(["wrong wamid: m1"]);
  });
});

describe("of receipts", () => {
  const row = { id: "i1", wamid: "wamid.in", type: "text", text: "hello" };

  it("reports one that is not stored", () => {
    expect(rulesOf({ inbound: [] })).toEqual(["not received: wamid.in"]);
  });

  it("reports one that is stored twice", () => {
    expect(rulesOf({ inbound: [row, { ...row, id: "i2" }] })).toEqual(["received twice: wamid.in"]);
  });

  it("reports a ghost that stayed", () => {
    expect(rulesOf({ inbound: [{ ...row, type: "unsupported", text: null }] })).toEqual([
      "wrong content: i1",
    ]);
  });

  it("reports one that nobody wrote", () => {
    expect(rulesOf({ inbound: [row, { ...row, id: "i2", wamid: "wamid.x" }] })).toEqual(["unwritten: i2"]);
  });
});

describe("of order", () => {
  const backwards = [createArrival(1, { seq: 25 }), createArrival(2, { seq: 20 }), createArrival(3)];

  it("reports one that overtook an earlier one", () => {
    expect(rulesOf({ arrivals: backwards })).toEqual(["misordered: m2"]);
  });

  it("lets an uncertain one be overtaken", () => {
    const outbound = [createRow(1, { wasUncertain: true }), createRow(2), createRow(3)];
    expect(rulesOf({ outbound, arrivals: backwards })).toEqual([]);
  });

  it("does not let an uncertain one overtake", () => {
    const outbound = [createRow(1), createRow(2, { wasUncertain: true }), createRow(3)];
    expect(rulesOf({ outbound, arrivals: backwards })).toEqual(["misordered: m2"]);
  });

  it("looks past an uncertain one at what came before it", () => {
    const outbound = [createRow(1), createRow(2, { wasUncertain: true }), createRow(3)];
    const arrivals = [
      createArrival(1, { seq: 30 }),
      createArrival(2, { seq: 40 }),
      createArrival(3, { seq: 20 }),
    ];
    expect(rulesOf({ outbound, arrivals })).toEqual(["misordered: m3"]);
  });

  it("keeps conversations apart", () => {
    const outbound = [createRow(1), createRow(2, { conversationId: "c2", position: 1 }), createRow(3)];
    const conversations = [
      { id: "c1", lastPosition: 3, deferredWakes: 0 },
      { id: "c2", lastPosition: 1, deferredWakes: 0 },
    ];
    expect(rulesOf({ outbound, conversations, people: 2, repeats: 1, arrivals: backwards })).toEqual([]);
  });
});

describe("of counters", () => {
  const conversation = { id: "c1", lastPosition: 3, deferredWakes: 0 };

  it("reports wake-ups that nobody passed on", () => {
    expect(rulesOf({ conversations: [{ ...conversation, deferredWakes: 1 }] })).toEqual([
      "deferred wakes: c1",
    ]);
  });

  it("reports positions that were given twice, are too high, or are missing without a repeated call", () => {
    const outbound = [createRow(1), createRow(2, { position: 1 }), createRow(3)];
    expect(rulesOf({ outbound })).toEqual(["positions: c1"]);
    expect(rulesOf({ conversations: [{ ...conversation, lastPosition: 2 }] })).toEqual(["positions: c1"]);
    const gap = [{ ...conversation, lastPosition: 4 }];
    expect(rulesOf({ conversations: gap })).toEqual(["positions: all"]);
    expect(rulesOf({ conversations: gap, repeats: 1 })).toEqual([]);
  });

  it("reports a person with two conversations", () => {
    const second = { id: "c2", lastPosition: 0, deferredWakes: 0 };
    expect(rulesOf({ conversations: [conversation, second] })).toEqual(["conversations: all"]);
  });

  it("reports whatever is left over", () => {
    expect(rulesOf({ mustBeZero: { "unsent events": 2 } })).toEqual(["unsent events: all"]);
  });
});
