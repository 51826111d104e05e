import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "#server/utils/meta/json";
import { readStatusUpdate, type StatusUpdate } from "#server/utils/meta/status-update";
import type { WebhookElement } from "#server/utils/meta/webhook-elements";

const RECEIVED_AT = new Date("2025-06-15T12:00:00.000Z");

function elementOf(raw: JsonObject): WebhookElement {
  return {
    kind: "status",
    path: "",
    field: "messages",
    wabaId: "1",
    phoneNumberId: "2",
    raw,
    contact: undefined,
    isStandby: false,
  };
}

function read(raw: JsonObject): StatusUpdate {
  const update = readStatusUpdate(elementOf(raw), RECEIVED_AT);
  if (typeof update === "string") throw new Error(update);
  return update;
}

const SENT = { id: "wamid.A", status: "sent", timestamp: "1749981600", recipient_id: "16505551234" };
const FAILED = { ...SENT, status: "failed" };

describe("readStatusUpdate", () => {
  it("reads a status with what Meta carries back of ours", () => {
    const conversation = { id: "c", origin: { type: "service" } };
    const pricing = { billable: false, category: "service" };
    const raw = { ...SENT, biz_opaque_callback_data: "our-id", conversation, pricing };
    expect(read(raw)).toEqual({
      wamid: "wamid.A",
      status: "sent",
      occurredAt: new Date("2025-06-15T10:00:00.000Z"),
      callbackId: "our-id",
      error: undefined,
      detail: { conversation, pricing },
      dedupeKey: "wamid.A|sent|1749981600|",
    });
  });

  it("keeps neither the recipient nor anything else that names a person", () => {
    const raw = { ...SENT, recipient_user_id: "US.1", message: { recipient_id: "16505551234" } };
    expect(JSON.stringify(read(raw))).not.toMatch(/16505551234|US\.1/);
  });

  it("keeps of conversation and pricing what it knows by name, and no number that may stand beside it", () => {
    const conversation = {
      id: "c",
      expiration_timestamp: 1749981600,
      origin: { type: "marketing", by: "16505551234" },
      to: "16505551234",
    };
    const pricing = {
      billable: true,
      pricing_model: "PMP",
      type: "regular",
      category: "marketing",
      x: "16505551234",
    };
    const { detail } = read({ ...SENT, conversation, pricing });
    expect(detail).toEqual({
      conversation: { id: "c", expiration_timestamp: "1749981600", origin: { type: "marketing" } },
      pricing: { billable: true, pricing_model: "PMP", type: "regular", category: "marketing" },
    });
    for (const odd of [null, "text", [], {}, 7]) {
      expect(read({ ...SENT, conversation: odd, pricing: odd }).detail).toEqual({});
    }
  });

  it("keeps a status that nobody knows", () => {
    expect(read({ ...SENT, status: "levitated" }).status).toBe("levitated");
  });

  it("never believes in a time after the receipt", () => {
    expect(read({ ...SENT, timestamp: 4102444800 }).occurredAt).toEqual(RECEIVED_AT);
    expect(read({ id: "wamid.A", status: "sent" }).occurredAt).toEqual(RECEIVED_AT);
  });

  it.each([
    [{ code: 131047, title: "Re-engagement message", error_data: { details: "More than 24 hours" } }],
    [{ code: "131047", title: "Re-engagement message", error_data: "More than 24 hours" }],
    [{ code: 131047, message: "Re-engagement message", error_data: { details: "More than 24 hours" } }],
  ])("reads an error of the shape %j", (error) => {
    expect(read({ ...FAILED, errors: [error] }).error).toEqual({
      code: 131047,
      title: "Re-engagement message",
      details: "More than 24 hours",
    });
  });

  it("reads an error of which everything is missing", () => {
    for (const errors of [[{}], [null], ["text"], [{ code: "x" }], {}, [{ error_data: {} }]]) {
      expect(read({ ...FAILED, errors }).error).toEqual({ title: "Meta reported a failure" });
    }
  });

  it("knows the absence of an error", () => {
    for (const errors of [undefined, null, [], "text"]) {
      expect(read({ ...FAILED, errors }).error).toBeUndefined();
    }
  });

  it("gives the same key to each delivery of a status, and another to another", () => {
    const key = (raw: JsonObject) => read(raw).dedupeKey;
    const failed = { ...FAILED, errors: [{ code: 131026, title: "a" }] };
    expect(key({ ...SENT, timestamp: 1749981600, pricing: {} })).toBe(key(SENT));
    expect(key({ ...failed, errors: [{ code: "131026", title: "b" }] })).toBe(key(failed));
    const all = [SENT, { ...SENT, id: "wamid.B" }, { ...SENT, status: "read" }, { ...SENT, timestamp: "1" }];
    const keys = [...all, failed, FAILED, { ...failed, errors: [{ code: 131047 }] }].map(key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("makes what Postgres cannot store storable", () => {
    const error = { code: 1, title: "a\u0000", error_data: { details: "\ud83d" } };
    const update = read({ ...FAILED, errors: [error], conversation: { "k\u0000": "\u0000" } });
    expect(JSON.stringify(update)).not.toMatch(/\\u0000|\\ud/);
  });

  it("says what is missing", () => {
    expect(readStatusUpdate(elementOf({ status: "sent" }), RECEIVED_AT)).toBe("the status names no message");
    expect(readStatusUpdate(elementOf({ id: "", status: "sent" }), RECEIVED_AT)).toBe(
      "the status names no message",
    );
    expect(readStatusUpdate(elementOf({ id: "a" }), RECEIVED_AT)).toBe("the status has no value");
  });

  it("does not throw, whatever comes", () => {
    const isRead = (raw: JsonObject): void =>
      void expect(readStatusUpdate(elementOf(raw), RECEIVED_AT)).not.toBeNull();
    const record = fc.record({
      id: fc.string(),
      status: fc.string(),
      errors: fc.jsonValue(),
      timestamp: fc.jsonValue(),
    });
    fc.assert(fc.property(record, isRead));
    fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), isRead));
  });
});
