import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashContent, type OutboundContent } from "#server/utils/messaging/message-content";

const content = (payload: Record<string, unknown>, type = "text"): OutboundContent => ({
  type,
  payload,
  text: undefined,
});
const hash = (payload: Record<string, unknown>): string =>
  hashContent("phone_input:1", content(payload), undefined);

function reverseKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reverseKeys);
  if (typeof value !== "object" || value === null) return value;
  const pairs = Object.entries(value).map(([key, item]) => [key, reverseKeys(item)] as const);
  return Object.fromEntries(pairs.toReversed());
}

describe("hashContent", () => {
  it("gives the digest that Python gives of the canonical form", () => {
    // hashlib.sha256('["phone_input:1","text",{"a":[{"c":2,"d":1}],"body":"h\u00e9"},null]'.encode()).hexdigest()
    expect(hash({ body: "h\u00e9", a: [{ d: 1, c: 2 }] })).toBe(
      "660b9cbc3f4e6b8a49727eff367099ffb985d4108c725331362f7236ef973bf1",
    );
  });

  it("does not depend on the order of keys, at any depth", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (payload) => {
        expect(hash(reverseKeys(payload) as Record<string, unknown>)).toBe(hash(payload));
      }),
    );
  });

  it("depends on the order of a list", () => {
    expect(hash({ buttons: ["a", "b"] })).not.toBe(hash({ buttons: ["b", "a"] }));
  });

  it("takes a field that is undefined for one that is not there", () => {
    expect(hash({ body: "Hi", preview_url: undefined })).toBe(hash({ body: "Hi" }));
    expect(hash({ body: "Hi", preview_url: false })).not.toBe(hash({ body: "Hi" }));
  });

  it("depends on the recipient, the type, each field and the quoted message", () => {
    const hashes = [
      hashContent("a", content({ body: "Hi" }), undefined),
      hashContent("b", content({ body: "Hi" }), undefined),
      hashContent("a", content({ body: "Hi" }, "other"), undefined),
      hashContent("a", content({ body: "Hi " }), undefined),
      hashContent("a", content({ body: "Hi" }), "wamid.Q"),
      hashContent("a", content({}), "Hi"),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it("cannot be led to confuse the end of one part with the start of the next", () => {
    expect(hashContent('a","text', content({}), undefined)).not.toBe(
      hashContent("a", content({}, 'text","text'), undefined),
    );
  });
});
