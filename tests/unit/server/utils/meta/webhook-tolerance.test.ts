import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readInboundMessage } from "#server/utils/meta/inbound-message";
import { readMessageEcho } from "#server/utils/meta/message-echo";
import { readStatusUpdate } from "#server/utils/meta/status-update";
import { readUserCall } from "#server/utils/meta/user-call";
import { readUserPreference } from "#server/utils/meta/user-preference";
import { readWebhookElements, type WebhookElement } from "#server/utils/meta/webhook-elements";
import { INBOUND_TYPES } from "#tests/helpers/server/inbound-types";
import { anyCodeUnit } from "../../helpers/any-code-unit";

const NOW = new Date("2025-06-15T12:00:00.000Z");
const READERS = {
  message: readInboundMessage,
  echo: readMessageEcho,
  status: readStatusUpdate,
  preference: readUserPreference,
  call: readUserCall,
};

/** The ids of whatever can be read in a body, as the inbox reads it. */
function readAll(body: unknown): string[] {
  return readWebhookElements(body).flatMap((element: WebhookElement) => {
    if (element.kind === "other" || element.kind === "error") return [];
    const read = READERS[element.kind](element, NOW);
    if (read === undefined || typeof read === "string") return [];
    expect(read.occurredAt.getTime()).toBeLessThanOrEqual(NOW.getTime());
    expect(JSON.stringify(read)).not.toMatch(/\\u0000|\\ud[89a-f]/);
    return ["wamid" in read ? read.wamid : element.kind];
  });
}

const anyJson = fc.jsonValue({ stringUnit: anyCodeUnit });
const metadata = { phone_number_id: "101" };
const types = Object.values(INBOUND_TYPES);
const bodyOf = (messages: unknown, statuses: unknown = []) => ({
  entry: [{ id: "900", changes: [{ field: "messages", value: { metadata, messages, statuses } }] }],
});
const realBody = (): Record<string, unknown> =>
  bodyOf(
    types.map((message, index) => ({ ...message, id: `m${index}`, from: "1", timestamp: "1749981600" })),
    [{ id: "s", status: "sent", timestamp: 1749981600, errors: [{ code: 1 }], pricing: { type: "regular" } }],
  );

/** Every place in a value, as a path of keys. */
function placesIn(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, item]) => placesIn(item, [...path, key]))];
}

function replaceAt(value: unknown, [key, ...rest]: string[], by: unknown): unknown {
  if (key === undefined) return by;
  const copy = Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) };
  (copy as Record<string, unknown>)[key] = replaceAt((copy as Record<string, unknown>)[key], rest, by);
  return copy;
}

describe("reading webhooks", () => {
  it("does not throw on anything at all", () => {
    const anything = fc.anything({ withNullPrototype: true, withSparseArray: true, withDate: true });
    fc.assert(fc.property(anything, (body) => void readAll(JSON.parse(JSON.stringify(body) ?? "null"))));
    fc.assert(fc.property(anything, (body) => void expect(readWebhookElements(body)).toBeInstanceOf(Array)));
    fc.assert(fc.property(fc.json(), (json) => void readAll(JSON.parse(json))));
  });

  it("survives any value in any place of a real body, and reads everything that is not inside that place", () => {
    const places = placesIn(realBody());
    const all = readAll(realBody());
    expect(all).toHaveLength(types.length + 1);
    fc.assert(
      fc.property(fc.constantFrom(...places), anyJson, (place, by) => {
        const left = readAll(replaceAt(realBody(), place, by));
        const [, , , , , list, index] = place;
        if (index === undefined) return;
        const lost = list === "messages" ? `m${index}` : "s";
        expect(left).toEqual(expect.arrayContaining(all.filter((id) => id !== lost)));
      }),
      { numRuns: 500 },
    );
  });

  it("reads exactly the good ones of a batch with anything between them", () => {
    const good = fc.nat({ max: types.length - 1 });
    const mixed = fc.array(
      fc.oneof(
        good.map((index) => ({ index })),
        anyJson.map((junk) => ({ junk })),
      ),
    );
    fc.assert(
      fc.property(mixed, (parts) => {
        const messages = parts.map((part, place) =>
          "index" in part ? { ...types[part.index], id: `good-${place}`, from: "1" } : part.junk,
        );
        const expected = parts.flatMap((part, place) => ("index" in part ? [`good-${place}`] : []));
        expect(readAll(bodyOf(messages))).toEqual(expected);
        const statuses = parts.map((part, place) =>
          "index" in part ? { id: `good-${place}`, status: "sent" } : part.junk,
        );
        expect(readAll(bodyOf([], statuses))).toEqual(expected);
      }),
    );
  });

  it.each([
    ["nested 10,000 levels deep", `${"[".repeat(10_000)}${"]".repeat(10_000)}`],
    ["nested 10,000 objects deep", `${'{"standby":'.repeat(10_000)}1${"}".repeat(10_000)}`],
    ["with prototype keys", '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'],
    ["with huge numbers", "[1e999,-1e999,1e308,123456789012345678901234567890]"],
    ["with duplicate keys", '{"id":"a","id":{"id":"b"},"id":null}'],
  ])("is not impressed by values %s", (_what, json) => {
    const good = { type: "text", id: "good", from: "1", text: { body: "x" } };
    for (const place of placesIn(bodyOf([good, { strange: 1 }])).filter((path) => path.length > 0)) {
      const body = JSON.stringify(replaceAt(bodyOf([good, { strange: 1 }]), place, "@"));
      expect(() => readAll(JSON.parse(body.replace('"@"', json)))).not.toThrow();
    }
    expect(readAll(JSON.parse(JSON.stringify(bodyOf([good, "@"])).replace('"@"', json)))).toEqual(["good"]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
