import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readInboundMessage, type InboundMessage } from "#server/utils/meta/inbound-message";
import type { JsonObject } from "#server/utils/meta/json";
import { readWebhookElements, type WebhookElement } from "#server/utils/meta/webhook-elements";
import { anyCodeUnit } from "../../helpers/any-code-unit";

const RECEIVED_AT = new Date("2025-06-15T12:00:00.000Z");

function elementOf(raw: JsonObject, contact?: JsonObject): WebhookElement {
  const place = { path: "", field: "messages", wabaId: "1", phoneNumberId: "2", isStandby: false };
  return { kind: "message", ...place, raw, contact };
}

function read(raw: JsonObject, contact?: JsonObject): InboundMessage {
  const message = readInboundMessage(elementOf(raw, contact), RECEIVED_AT);
  if (typeof message === "string") throw new Error(message);
  return message;
}

const TEXT = {
  id: "wamid.A",
  from: "16505551234",
  timestamp: "1749981600",
  type: "text",
  text: { body: "Hi" },
};

describe("readInboundMessage", () => {
  it("reads a text of the phone era", () => {
    expect(read(TEXT, { wa_id: "16505551234", profile: { name: "Ann" } })).toEqual({
      wamid: "wamid.A",
      type: "text",
      occurredAt: new Date("2025-06-15T10:00:00.000Z"),
      aliases: [{ kind: "wa_id", value: "16505551234" }],
      newAliases: undefined,
      profileName: "Ann",
      username: undefined,
      text: "Hi",
      content: TEXT,
      replyToWamid: undefined,
      isStandby: false,
    });
  });

  it("reads an author with every identity, the phone first", () => {
    const contact = {
      wa_id: "16505551234",
      user_id: "US.1349",
      parent_user_id: "US.ENT.118",
      profile: { name: "Ann", username: "@ann.w" },
    };
    const raw = { ...TEXT, from_user_id: "US.1349", from_parent_user_id: "US.ENT.118" };
    const message = read(raw, contact);
    expect(message.aliases).toEqual([
      { kind: "wa_id", value: "16505551234" },
      { kind: "bsuid", value: "US.1349" },
      { kind: "parent_bsuid", value: "US.ENT.118" },
    ]);
    expect(message.username).toBe("ann.w");
  });

  it("takes the identities from the contact where the message leaves them out", () => {
    const { from: _, ...hidden } = TEXT;
    expect(read(hidden, { wa_id: "1", user_id: "US.1", parent_user_id: "US.ENT.1" }).aliases).toEqual([
      { kind: "wa_id", value: "1" },
      { kind: "bsuid", value: "US.1" },
      { kind: "parent_bsuid", value: "US.ENT.1" },
    ]);
  });

  it.each([
    ["missing", {}],
    ["empty", { from: "" }],
    ["null", { from: null }],
  ])("reads an author whose phone is %s", (_, from) => {
    const { from: __, ...rest } = TEXT;
    const message = read({ ...rest, ...from, from_user_id: "US.1349" }, { wa_id: "", user_id: "US.1349" });
    expect(message.aliases).toEqual([{ kind: "bsuid", value: "US.1349" }]);
  });

  it("takes a name with or without its at sign for the same", () => {
    expect(read(TEXT, { profile: { username: "ann" } }).username).toBe("ann");
    expect(read(TEXT, { profile: { username: "@ann" } }).username).toBe("ann");
    expect(read(TEXT, { profile: null }).username).toBeUndefined();
  });

  it("accepts numbers where Meta writes text", () => {
    const message = read({ ...TEXT, id: 12, from: 16505551234, timestamp: 1749981600, context: { id: 7 } });
    expect(message).toMatchObject({
      wamid: "12",
      aliases: [{ kind: "wa_id", value: "16505551234" }],
      occurredAt: new Date("2025-06-15T10:00:00.000Z"),
      replyToWamid: "7",
    });
  });

  it("never believes in a time after the receipt", () => {
    expect(read({ ...TEXT, timestamp: "4102444800" }).occurredAt).toEqual(RECEIVED_AT);
  });

  it("makes NUL and lone surrogates storable, wherever they stand", () => {
    const contact = { profile: { name: "A\u0000nn\ud83d" }, "k\u0000": 1 };
    const message = read(
      { ...TEXT, text: { body: "a\u0000b\ude00\u{1F600}" }, "x\u0000": "\u0000" },
      contact,
    );
    expect(message.text).toBe("a\uFFFDb\uFFFD\u{1F600}");
    expect(message.profileName).toBe("A\uFFFDnn\uFFFD");
    expect(JSON.stringify(message)).not.toMatch(/\\u0000|\\ud/);
    expect(message.content).toMatchObject({ "x\uFFFD": "\uFFFD" });
  });

  it("reads a quoted message, and not the author of the quote", () => {
    expect(read({ ...TEXT, context: { from: "1555", id: "wamid.Q" } }).replyToWamid).toBe("wamid.Q");
    expect(read({ ...TEXT, context: { forwarded: true } }).replyToWamid).toBeUndefined();
    expect(read({ ...TEXT, context: "wamid.Q" }).replyToWamid).toBeUndefined();
  });

  it("keeps a type that nobody knows, whole, and has no words for it", () => {
    const raw = { id: "wamid.A", from: "1", type: "hologram", hologram: { depth: [1, { a: null }] } };
    expect(read(raw)).toMatchObject({ type: "hologram", text: undefined, content: raw });
    expect(read({ id: "wamid.A", from: "1" }).type).toBe("unknown");
    expect(read({ ...TEXT, text: { body: "" } }).text).toBeUndefined();
    expect(read({ ...TEXT, text: "Hi" }).text).toBeUndefined();
  });

  it.each([{}, { id: "" }, { id: null }, { id: {} }])("says that %j has no id", (change) => {
    const { id: _, ...rest } = TEXT;
    expect(readInboundMessage(elementOf({ ...rest, ...change }), RECEIVED_AT)).toBe("the message has no id");
  });

  it("says that nobody wrote it", () => {
    const { from: _, ...rest } = TEXT;
    expect(readInboundMessage(elementOf(rest), RECEIVED_AT)).toBe("the message names no author");
    expect(readInboundMessage(elementOf({ ...rest, from: "" }, { wa_id: "" }), RECEIVED_AT)).toBe(
      "the message names no author",
    );
  });

  it("does not throw, whatever stands in the array", () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: anyCodeUnit }), fc.jsonValue(), (message, contact) => {
        const value = { messages: [message], contacts: [contact] };
        for (const element of readWebhookElements({ entry: [{ changes: [{ value }] }] })) {
          const result = readInboundMessage(element, RECEIVED_AT);
          if (typeof result === "string") continue;
          expect(result.occurredAt.getTime()).toBeLessThanOrEqual(RECEIVED_AT.getTime());
          expect(result.aliases.length).toBeGreaterThan(0);
        }
      }),
    );
  });
});
