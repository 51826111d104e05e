import { describe, expect, it } from "vitest";
import { untrustedContent } from "#server/utils/messaging/untrusted-content";

const document = (filename: string) => ({ type: "document", document: { filename } });

describe("untrustedContent", () => {
  it("gives what a message holds besides words, cleaned", () => {
    expect(untrustedContent(document("bill\u202efdp.exe"))).toEqual({
      details: { media: { filename: "billfdp.exe" } },
      isCut: false,
    });
    expect(untrustedContent({ type: "text", text: { body: "words" } })).toEqual({
      details: {},
      isCut: false,
    });
  });

  it("cuts one field", () => {
    const { details, isCut } = untrustedContent(document("f".repeat(5_000)));
    expect(details).toEqual({ media: { filename: "f".repeat(4_000) } });
    expect(isCut).toBe(true);
  });

  it("leaves out what goes beyond the whole, in the order in which it stands", () => {
    const contacts = Array.from({ length: 20 }, (_, index) => ({
      vcard: `${index}`.padEnd(900, "v"),
      birthday: "b",
    }));
    const { details, isCut } = untrustedContent({ type: "contacts", contacts });
    expect(isCut).toBe(true);
    expect(Buffer.byteLength(JSON.stringify(details))).toBeLessThanOrEqual(6_000);
    const shown = details.contacts as { vcard?: string }[];
    expect(shown.length).toBeGreaterThan(5);
    expect(shown[0]?.vcard).toBe("0".padEnd(900, "v"));
  });

  it("counts numbers and names of fields, too", () => {
    const product_items = Array.from({ length: 20 }, () => ({ quantity: 1 }));
    const { details, isCut } = untrustedContent({ type: "order", order: { product_items } });
    expect(isCut).toBe(false);
    expect(details).toMatchObject({ order: { items: expect.any(Array) as unknown[] } });
  });
});
