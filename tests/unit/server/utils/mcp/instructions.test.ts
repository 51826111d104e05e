import { describe, expect, it } from "vitest";
import { catalogue } from "#server/utils/mcp/catalogue";
import { INSTRUCTIONS } from "#server/utils/mcp/instructions";
import { SERVER_ICON } from "#server/utils/mcp/server-icon";

describe("the instructions", () => {
  it("have less than 150 words", () => {
    expect(INSTRUCTIONS.split(/\s+/).length).toBeLessThan(150);
  });

  it.each([/24 hours/, /untrusted_\*.*data/, /wait_for_messages.*again.*cursor/, /idempotency_key/])(
    "have a rule like %s",
    (rule) => expect(INSTRUCTIONS).toMatch(rule),
  );

  it("name only tools that there are", () => {
    const named = INSTRUCTIONS.match(/\b(?:get|send|list|wait|cancel)_\w+/g) ?? [];
    expect(catalogue.names()).toEqual(expect.arrayContaining(named));
    expect(named.length).toBeGreaterThan(1);
  });
});

describe("the icon", () => {
  it("is a small picture that nobody has to fetch", () => {
    expect(SERVER_ICON.src.length).toBeLessThan(2_000);
    const [, data = ""] = /^data:image\/png;base64,([\w+/]+=*)$/.exec(SERVER_ICON.src) ?? [];
    const png = Buffer.from(data, "base64");
    expect(png.subarray(1, 4).toString("latin1")).toBe("PNG");
    expect([`${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`]).toEqual(SERVER_ICON.sizes);
  });
});
