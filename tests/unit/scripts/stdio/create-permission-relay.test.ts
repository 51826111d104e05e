import { describe, expect, it } from "vitest";
import { createPermissionRelay } from "../../../../scripts/stdio/create-permission-relay";
import type { ToolReply } from "../../../../scripts/stdio/create-tool-caller";

const OWNER = "019f0000-0000-7000-8000-00000000000a";
const REQUEST = {
  request_id: "abcde",
  tool_name: "Bash",
  description: "List the files",
  input_preview: '{"command":"ls"}',
};

const open = (reply: ToolReply = { kind: "result", content: {} }, number?: string) => {
  const calls: { name: string; args: Record<string, unknown> }[] = [];
  const written: unknown[] = [];
  const logged: string[] = [];
  const relay = createPermissionRelay({
    owner: OWNER,
    ...(number !== undefined && { number }),
    callTool: async (name, args) => {
      calls.push({ name, args });
      return reply;
    },
    write: async (text) => void written.push(JSON.parse(text)),
    log: (line) => void logged.push(line),
  });
  const say = (text: string, more = {}) =>
    relay.settle({ contact_id: OWNER, type: "text", untrusted_text: text, ...more });
  return { relay, calls, written, logged, say };
};

describe("createPermissionRelay", () => {
  it("asks the owner in one message that is safe to repeat", async () => {
    const { relay, calls } = open(undefined, "7");
    await relay.ask(REQUEST);
    await relay.ask({ ...REQUEST, request_id: "fghij" });
    const [first, second] = calls;
    expect(first?.name).toBe("send_message");
    expect(first?.args).toMatchObject({ to: OWNER, phone_number_id: "7", expires_in_s: 3_600 });
    expect(first?.args.body).toBe(
      'Claude Code asks for permission. Answer "yes abcde" or "no abcde".\n\nBash\n\nList the files\n\n{"command":"ls"}',
    );
    expect(first?.args.idempotency_key).toMatch(/^permission-/);
    expect(second?.args.idempotency_key).not.toBe(first?.args.idempotency_key);
  });

  it("shows nothing that a person cannot see, and no more than a message holds", async () => {
    const { relay, calls } = open();
    await relay.ask({ ...REQUEST, tool_name: "Ba\u202Esh\u0000\uD800", description: "😀".repeat(3_000) });
    const body = String(calls[0]?.args.body);
    expect(body).toContain("\n\nBash\n\n");
    expect(body.length).toBeLessThan(4_096);
    expect(body).not.toMatch(/\p{Surrogate}/u);
  });

  it.each([
    ["yes abcde", "allow"],
    ["  Y   ABCDE ", "allow"],
    ["no abcde", "deny"],
    ["N abcde\n", "deny"],
  ])("passes %j on as %s, once", async (text, behavior) => {
    const { relay, written, say } = open();
    await relay.ask(REQUEST);
    expect(await say(text)).toBe(true);
    expect(await say(text)).toBe(false);
    expect(written).toEqual([
      {
        jsonrpc: "2.0",
        method: "notifications/claude/channel/permission",
        params: { request_id: "abcde", behavior },
      },
    ]);
  });

  it.each([
    ["another contact", "yes abcde", { contact_id: "019f0000-0000-7000-8000-00000000000b" }],
    ["an edited message", "yes abcde", { edited: true }],
    ["another type", "yes abcde", { type: "button" }],
    ["another request", "yes fghij", {}],
    ["no id", "yes", {}],
    ["more words", "yes abcde please", {}],
  ])("takes no verdict from %s", async (_, text, more) => {
    const { relay, written, say } = open();
    await relay.ask(REQUEST);
    expect(await say(text, more)).toBe(false);
    expect(written).toEqual([]);
  });

  it("takes no verdict on what was not asked", async () => {
    const { say, written } = open();
    expect(await say("yes abcde")).toBe(false);
    expect(written).toEqual([]);
  });

  it("says when the owner could not be asked, without the question", async () => {
    const { relay, logged } = open({ kind: "tool_error", error: { code: "window_closed" } });
    await relay.ask(REQUEST);
    expect(logged.join()).toContain("window_closed");
    expect(logged.join()).not.toContain("ls");
  });

  it.each(["abcd", "abcle", "ABCDE", 'a" or', 12_345, undefined])(
    "does not relay an id like %j",
    async (id) => {
      const { relay, calls, logged } = open();
      await relay.ask({ ...REQUEST, request_id: id });
      expect(calls).toEqual([]);
      expect(logged).toHaveLength(1);
    },
  );
});
