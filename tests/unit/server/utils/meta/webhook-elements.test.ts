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
        isStandby: false,
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

  it("keeps fields that are not about messages as one element", () => {
    for (const field of ["account_update", "message_template_status_update", "security", "of_the_future"]) {
      const value = { metadata, event: "FLAGGED", messages: [] };
      expect(readWebhookElements(inChange(value, field))).toEqual([
        expect.objectContaining({ kind: "other", field, path: "entry[0].changes[0]", raw: value }),
      ]);
      expect(readWebhookElements(inChange(value, field))[0]).not.toHaveProperty("reason");
    }
    const calls = { metadata, statuses: [{ id: "wacid.1", type: "call", status: "RINGING" }] };
    expect(readWebhookElements(inChange(calls, "calls"))[0]).not.toHaveProperty("reason");
    expect(kinds(inChange(calls))).toEqual(["other"]);
    const call = { metadata, calls: [{ id: "wacid.1", event: "connect" }], statuses: calls.statuses };
    expect(kinds(inChange(call, "calls"))).toEqual(["call"]);
  });

  it("says that something looks like messages under a field that nobody knows", () => {
    for (const value of [
      { messages: [{ id: "a", type: "text" }] },
      { statuses: { id: "a", status: "sent" } },
    ]) {
      const [element] = readWebhookElements(inChange({ metadata, ...value }, "of_the_future"));
      expect(element).toMatchObject({
        kind: "other",
        reason: "it looks like messages, under a field that nobody here knows",
      });
    }
  });

  it("reads echoes, preferences and errors of an account, with the person they are about", () => {
    const contacts = [{ wa_id: "1" }, { wa_id: "2" }];
    const [echo] = readWebhookElements(
      inChange({ metadata, contacts, message_echoes: [{ from: "9", to: "2" }] }, "smb_message_echoes"),
    );
    expect(echo).toMatchObject({ kind: "echo", contact: { wa_id: "2" }, phoneNumberId: NUMBER });
    const [wish] = readWebhookElements(
      inChange({ metadata, contacts, user_preferences: [{ wa_id: "1" }] }, "user_preferences"),
    );
    expect(wish).toMatchObject({ kind: "preference", contact: { wa_id: "1" } });
    expect(kinds(inChange({ errors: [{ code: 131035 }], messages: [{}] }))).toEqual(["message", "error"]);
  });

  it("marks what another agent answers, wherever the deliveries nest it", () => {
    const message = { id: "a", from: "1" };
    for (const value of [
      { metadata, messages: [message] },
      { metadata, standby: [message] },
      { metadata, standby: message },
      { metadata, standby: { messages: [message] } },
      { metadata, standby: [{ messages: message }] },
    ]) {
      expect(readWebhookElements(inChange(value, "standby"))).toEqual([
        expect.objectContaining({ kind: "message", isStandby: true, raw: message, phoneNumberId: NUMBER }),
      ]);
    }
  });

  it("keeps what was said in a group out of every person's conversation", () => {
    const said = { id: "a", from: "1", group_id: "g" };
    expect(kinds(inChange({ messages: [said, { id: "b", from: "1" }] }))).toEqual(["other", "message"]);
  });

  it("takes a list in a list for its elements, and a list of values for each", () => {
    const body = { entry: [[{ changes: [[{ value: [{ messages: [[{ id: "a" }], { id: "b" }] }] }]] }]] };
    const elements = readWebhookElements(body);
    expect(elements.map(({ raw }) => raw.id)).toEqual(["a", "b"]);
    expect(elements[0]?.path).toBe("entry[0][0].changes[0][0].value[0].messages[0][0]");
    expect(kinds(inChange({ metadata: [metadata], messages: [{}] }))).toEqual(["message"]);
    expect(readWebhookElements(inChange({ metadata: [metadata], messages: [{}] }))[0]?.phoneNumberId).toBe(
      NUMBER,
    );
  });

  it("does not lose silently what stands where a list belongs", () => {
    for (const odd of ["text", 7, true]) {
      expect(readWebhookElements(inChange({ messages: odd, statuses: [] }))).toMatchObject([
        { kind: "other", reason: "a list belongs here", path: "entry[0].changes[0].value.messages" },
      ]);
    }
    for (const nothing of [null, "", false, [], undefined])
      expect(kinds(inChange({ messages: nothing }))).toEqual([]);
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
            expect(element.path).toMatch(/^entry(\[\d+\])+\.changes(\[\d+\])+/);
          }
        }),
      );
    });

    it("loses no message and no status", () => {
      // A list in a list counts as its elements.
      const single = anyJson.filter((json) => !Array.isArray(json));
      const item = fc.oneof(single, fc.record({ id: fc.string(), from: fc.string() }));
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
