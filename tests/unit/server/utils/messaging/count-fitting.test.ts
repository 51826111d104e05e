import { describe, expect, it } from "vitest";
import { countFitting } from "#server/utils/messaging/count-fitting";
import type { MessageView } from "#server/utils/messaging/message-view";

const ofBytes = (bytes: number): MessageView => ({ body: "x".repeat(bytes - 11) }) as MessageView;

describe("countFitting", () => {
  it.each([
    ["none", [], 0],
    ["what fits", [ofBytes(1_000), ofBytes(1_000)], 2],
    ["what just fits", [ofBytes(11_999), ofBytes(11_999)], 2],
    ["all but what does not", [ofBytes(12_000), ofBytes(12_000)], 1],
    ["the first, whatever it is", [ofBytes(50_000), ofBytes(100)], 1],
  ])("counts %s", (_what, messages, count) => {
    expect(countFitting(messages)).toBe(count);
  });

  it("counts bytes and not characters", () => {
    const message = { body: "\u1019".repeat(5_000) } as MessageView;
    expect(countFitting([message, message])).toBe(1);
  });
});
