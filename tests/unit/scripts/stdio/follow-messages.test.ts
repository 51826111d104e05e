import { describe, expect, it } from "vitest";
import type { ToolReply } from "../../../../scripts/stdio/create-tool-caller";
import { followMessages } from "../../../../scripts/stdio/follow-messages";

const page = (cursor: string, ...ids: string[]): ToolReply => ({
  kind: "result",
  content: { messages: ids.map((id) => ({ id })), cursor, notice: "…" },
});
const toolError = (code: string, retryAfterMs?: number): ToolReply => ({
  kind: "tool_error",
  error: { code, ...(retryAfterMs !== undefined && { retryAfterMs }) },
});
const failed = (code: number): ToolReply => ({ kind: "failed", error: { code, message: `error ${code}` } });

/** Follows a server that gives these replies one after the other; stops when they are used up. */
const follow = async (since: "now" | "unread", replies: ToolReply[], filter = {}) => {
  const stop = new AbortController();
  const calls: Record<string, unknown>[] = [];
  const pauses: number[] = [];
  const got: unknown[] = [];
  const logged: string[] = [];
  const reason = await followMessages({
    callTool: async (name, args) => {
      calls.push({ name, ...args });
      const reply = replies.shift();
      if (reply === undefined) stop.abort();
      return reply ?? { kind: "aborted" };
    },
    filter,
    since,
    signal: stop.signal,
    onMessage: async ({ id }) => void got.push(id),
    pause: async (ms) => void pauses.push(ms),
    log: (line) => void logged.push(line),
  });
  return { reason, calls, pauses, got, logged };
};

describe("followMessages", () => {
  it("begins with what comes from now on, and drops nothing of it", async () => {
    const { got, calls } = await follow("now", [page("c1", "at once"), page("c2", "new"), page("c3")]);
    expect(got).toEqual(["at once", "new"]);
    expect(calls.map(({ timeout_s: holdS, cursor }) => [holdS, cursor])).toEqual([
      [0, "now"],
      [45, "c1"],
      [45, "c2"],
      [45, "c3"],
    ]);
  });

  it("settles from when on before it waits, however often that takes", async () => {
    const { got, calls } = await follow("now", [
      { kind: "aborted" },
      failed(-32003),
      page("c1"),
      page("c2", "new"),
    ]);
    expect(got).toEqual(["new"]);
    expect(calls.map(({ timeout_s: holdS, cursor }) => [holdS, cursor])).toEqual([
      [0, "now"],
      [0, "now"],
      [0, "now"],
      [45, "c1"],
      [45, "c2"],
    ]);
  });

  it("begins with what is unread when it is told to", async () => {
    const { got, calls } = await follow("unread", [page("c1", "a", "b"), page("c2", "c")]);
    expect(got).toEqual(["a", "b", "c"]);
    expect(calls[0]).toEqual({ name: "wait_for_messages", limit: 100, timeout_s: 45 });
  });

  it("passes the filter on in every call", async () => {
    const { calls } = await follow("now", [page("c1"), page("c2")], { phone_number_id: "7" });
    expect(calls.every((call) => call.phone_number_id === "7")).toBe(true);
  });

  it("goes on from the same place after an answer that never came, an error, or a full minute", async () => {
    const { got, calls, pauses, logged } = await follow("unread", [
      page("c1", "a"),
      { kind: "aborted" },
      toolError("rate_limited", 7_000),
      toolError("internal"),
      failed(-32003),
      failed(-32603),
      page("c2", "b"),
    ]);
    expect(got).toEqual(["a", "b"]);
    expect(calls.slice(1, 7).map(({ cursor }) => cursor)).toEqual(["c1", "c1", "c1", "c1", "c1", "c1"]);
    expect(pauses[2]).toBe(7_000);
    expect(pauses.every((ms) => ms > 1_500)).toBe(true);
    expect(logged).toHaveLength(1);
  });

  it("leaves the host's calls room under the key's limit", async () => {
    const { pauses } = await follow("unread", [page("c1", "a"), page("c2", "b")]);
    expect(pauses.every((ms) => ms > 1_500 && ms <= 2_000)).toBe(true);
    expect(pauses).toHaveLength(2);
  });

  it("does not believe that it has to wait for days", async () => {
    const { pauses } = await follow("now", [toolError("rate_limited", 9e9), page("c1")]);
    expect(pauses[0]).toBe(300_000);
  });

  it.each([
    ["a key that may not", toolError("forbidden")],
    ["a conversation that is not there", toolError("not_found")],
    ["a key that is not accepted", failed(-32004)],
    ["a server without the tool", failed(-32602)],
    ["an answer of another kind", { kind: "result", content: {} } as const],
  ])("ends with a reason at %s", async (_, reply) => {
    const { reason, calls } = await follow("now", [reply]);
    expect(reason).toEqual(expect.any(String));
    expect(calls).toHaveLength(1);
  });
});
