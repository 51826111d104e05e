import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readWebhookElements } from "#server/utils/meta/webhook-elements";

const NUMBER = "106540352242922";
const metadata = { display_phone_number: "15550783881", phone_number_id: NUMBER };

const inChange = (value: unknown, field: unknown = "messages") => ({
  object: "whatsapp_business_account",
  entry: [{ id: "waba", changes: [{ field, value }] }],
});
const kinds = (body: unknown): string[] => readWebhookElements(body).map(({ kind }) => kind);

describe("readWebhookElements", () => {
  it("names the number, the account, the place and the author of a message", () => {
    const contact = { wa_id: "16505551234", profile: { name: "Ann" } };
    const message = { id: "wamid.A", from: "16505551234", type: "text" };
    expect(readWebhookElements(inChange({ metadata, contacts: [contact], messages: [message] }))).toEqual([
      {
        kind: "message",
        path: "entry[0].changes[0].value.messages[0]",
        field: "messages",
        wabaId: "waba",
        phoneNumberId: NUMBER,
        raw: message,
        contact,
      },
    ]);
  });

  it("reads every entry and every change, and messages beside statuses", () => {
    const change = (id: string) => ({
      field: "messages",
      value: { metadata, messages: [{ id: `m${id}` }], statuses: [{ id: `s${id}` }, { id: `t${id}` }] },
    });
    const body = {
      entry: [
        { id: "1", changes: [change("a"), change("b")] },
        { id: 2, changes: [change("c")] },
      ],
    };
    const elements = readWebhookElements(body);
    expect(elements.map(({ raw }) => raw.id)).toEqual(["ma", "sa", "ta", "mb", "sb", "tb", "mc", "sc", "tc"]);
    expect(elements.map(({ wabaId }) => wabaId)).toEqual([..."111111222"]);
    expect(elements.at(-1)?.path).toBe("entry[1].changes[0].value.statuses[1]");
    expect(new Set(elements.map(({ path }) => path)).size).toBe(elements.length);
  });

  it("takes a lone object for a list of one, wherever a list belongs", () => {
    expect(
      kinds({
        entry: { changes: { field: "messages", value: { messages: { id: "a" }, statuses: { id: "b" } } } },
      }),
    ).toEqual(["message", "status"]);
    expect(kinds({ entry: {} })).toEqual([]);
  });

  it("keeps a message without metadata, with no number to route it by", () => {
    const [element] = readWebhookElements(inChange({ messages: [{ id: "a" }] }));
    expect(element).toMatchObject({ kind: "message", phoneNumberId: undefined, contact: undefined });
    const [other] = readWebhookElements(inChange({ metadata: { phone_number_id: 106 }, statuses: [{}] }));
    expect(other).toMatchObject({ kind: "status", phoneNumberId: "106" });
  });

  it("reads a change without a field name as messages", () => {
    const body = { entry: [{ changes: [{ value: { messages: [{ id: "a" }] } }] }] };
    expect(readWebhookElements(body)).toMatchObject([
      { kind: "message", field: undefined, wabaId: undefined },
    ]);
  });

  it("keeps fields that nothing knows as one element, messages inside included", () => {
    const value = { metadata, messages: [{ id: "a" }] };
    for (const field of ["account_update", "standby", "smb_message_echoes", "of_the_future"]) {
      expect(readWebhookElements(inChange(value, field))).toMatchObject([
        { kind: "other", field, path: "entry[0].changes[0]", phoneNumberId: NUMBER, raw: value },
      ]);
    }
  });

  it("keeps elements that are no objects, so that the body becomes a dead letter and not silence", () => {
    expect(kinds(inChange({ messages: [null, 7, "text", []], statuses: [null] }))).toEqual([
      "message",
      "message",
      "message",
      "message",
      "status",
    ]);
  });

  describe("finds the author of a message", () => {
    const authorOf = (contacts: unknown, message: object): unknown =>
      readWebhookElements(inChange({ contacts, messages: [message] }))[0]?.contact;

    it("by identity and not by place", () => {
      const [ann, bob] = [{ wa_id: "1" }, { wa_id: "2" }];
      const elements = readWebhookElements(
        inChange({ contacts: [ann, bob], messages: [{ from: "2" }, { from: "1" }, { from: 2 }] }),
      );
      expect(elements.map(({ contact }) => contact)).toEqual([bob, ann, bob]);
    });

    it("by the user id before the phone number", () => {
      const [byPhone, byUser] = [
        { wa_id: "1", user_id: "US.9" },
        { wa_id: "2", user_id: "US.1" },
      ];
      expect(authorOf([byPhone, byUser], { from: "1", from_user_id: "US.1" })).toBe(byUser);
    });

    it("when there is one and the message says nothing else", () => {
      const contact = { user_id: "US.1", profile: { name: "Ann" } };
      expect(authorOf([contact], {})).toBe(contact);
      expect(authorOf([contact], { from: "1" })).toBe(contact);
      expect(authorOf([{ wa_id: "", profile: {} }], { from: "1" })).toEqual({ wa_id: "", profile: {} });
      expect(authorOf([{ wa_id: "1" }], { from_user_id: "US.1" })).toEqual({ wa_id: "1" });
    });

    it("but never takes one who is somebody else", () => {
      expect(authorOf([{ wa_id: "2", user_id: "US.2" }], { from: "1" })).toBeUndefined();
      expect(authorOf([{ user_id: "US.2" }], { from: "1", from_user_id: "US.1" })).toBeUndefined();
      expect(authorOf([{ wa_id: "1" }, { wa_id: "2" }], { from: "3" })).toBeUndefined();
      expect(authorOf([{ wa_id: "1" }, { wa_id: "2" }], {})).toBeUndefined();
      expect(authorOf([{ wa_id: "" }, { wa_id: "" }], { from: "" })).toBeUndefined();
    });

    it("among contacts of any shape", () => {
      for (const contacts of [null, "text", [null], [7, "x"], {}]) {
        expect(() => authorOf(contacts, { from: "1" })).not.toThrow();
      }
    });
  });

  describe("whatever comes", () => {
    const list = <T>(item: fc.Arbitrary<T>) => fc.array(item, { maxLength: 4 });
    const anyJson = fc.jsonValue({ maxDepth: 3 });

    it("does not throw on any JSON at all", () => {
      fc.assert(
        fc.property(
          fc.jsonValue(),
          (body) => void expect(Array.isArray(readWebhookElements(body))).toBe(true),
        ),
      );
    });

    it("does not throw on bodies that are nearly right", () => {
      const value = fc.record(
        { metadata: anyJson, contacts: anyJson, messages: anyJson, statuses: anyJson, errors: anyJson },
        { requiredKeys: [] },
      );
      const change = fc.record({ field: anyJson, value: fc.oneof(value, anyJson) }, { requiredKeys: [] });
      const entry = fc.record(
        { id: anyJson, changes: fc.oneof(list(change), anyJson) },
        { requiredKeys: [] },
      );
      fc.assert(
        fc.property(fc.record({ entry: fc.oneof(list(entry), anyJson) }), (body) => {
          for (const element of readWebhookElements(body)) {
            expect(element.raw).toBeTypeOf("object");
            expect(element.path).toMatch(/^entry\[\d+\]\.changes\[\d+\]/);
          }
        }),
      );
    });

    it("loses no message and no status", () => {
      const item = fc.oneof(anyJson, fc.record({ id: fc.string(), from: fc.string() }));
      const value = fc.record({ messages: list(item), statuses: list(item), contacts: anyJson });
      const change = fc.record({ value, field: fc.constantFrom("messages", undefined, null, "") });
      const entries = list(fc.record({ id: anyJson, changes: list(change) }));
      fc.assert(
        fc.property(entries, (entry) => {
          const values = entry.flatMap(({ changes }) => changes.map((one) => one.value));
          const count = (name: "messages" | "statuses") => values.flatMap((one) => one[name]).length;
          const found = kinds({ entry });
          expect(found.filter((kind) => kind === "message")).toHaveLength(count("messages"));
          expect(found.filter((kind) => kind === "status")).toHaveLength(count("statuses"));
          expect(found).toHaveLength(count("messages") + count("statuses"));
        }),
      );
    });
  });
});
