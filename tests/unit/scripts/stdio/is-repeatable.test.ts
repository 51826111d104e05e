import { describe, expect, it } from "vitest";
import type { Message } from "../../../../scripts/stdio/classify-message";
import { isRepeatable } from "../../../../scripts/stdio/is-repeatable";

const catalogue = { isReadOnly: async (name: string) => name === "get_messages" };
const request = (method: string, params: Record<string, unknown> = {}): Message => ({
  kind: "request",
  id: 1,
  method,
  params,
});

describe("isRepeatable", () => {
  it.each<[string, boolean, Message]>([
    ["a list", true, request("tools/list")],
    ["a read", true, request("resources/read")],
    [
      "a notification",
      true,
      { kind: "notification", method: "notifications/roots/list_changed", params: {} },
    ],
    ["a tool that only reads", true, request("tools/call", { name: "get_messages" })],
    ["a tool that sends", false, request("tools/call", { name: "send_message", arguments: {} })],
    ["a tool without a name", false, request("tools/call")],
    [
      "a send with a key",
      true,
      request("tools/call", { name: "send_message", arguments: { idempotency_key: "k" } }),
    ],
    [
      "a send with an empty key",
      false,
      request("tools/call", { name: "send_message", arguments: { idempotency_key: "" } }),
    ],
    [
      "a send with a key that is no text",
      false,
      request("tools/call", { name: "send_message", arguments: { idempotency_key: 1 } }),
    ],
    [
      "a send with a key in the wrong place",
      false,
      request("tools/call", { name: "send_message", idempotency_key: "k" }),
    ],
  ])("%s: %s", async (_, expected, message) => {
    expect(await isRepeatable(message, catalogue)).toBe(expected);
  });
});
