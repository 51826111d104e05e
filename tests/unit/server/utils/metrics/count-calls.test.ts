import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import type { SurfaceCall, McpSurface } from "#server/utils/mcp/surface";
import { InputRequired } from "#server/utils/mcp/input-required";
import { graphCalls } from "#server/utils/meta/graph-calls";
import { countGraphCalls } from "#server/utils/metrics/count-graph-calls";
import { countToolCalls } from "#server/utils/metrics/count-tool-calls";
import { parseExposition } from "#tests/helpers/metrics/parse-exposition";

const CANARY = "canary-55d0";

/** Makes one call that ends so, and reads how it was counted. */
async function countOne(name: string, end: () => unknown): Promise<string[]> {
  const registry = new Registry();
  const inner = { callTool: async () => end() } as unknown as McpSurface;
  const surface = countToolCalls(inner, registry);
  const call = { name, arguments: { body: CANARY } } as unknown as SurfaceCall & {
    name: string;
    arguments: unknown;
  };
  await surface.callTool(call).catch(() => {});
  const text = await registry.metrics();
  expect(text).not.toContain(CANARY);
  return parseExposition(text)
    .samples.filter(({ name: sample }) => sample === "wamcp_tool_calls_total")
    .map(({ labels, value }) => `${labels.tool} ${labels.outcome} ${value}`);
}

const refusal = (code: string) => () => ({ isError: true, structuredContent: { error: { code } } });
const throwing = (error: unknown) => () => {
  throw error;
};

describe("countToolCalls", () => {
  it.each([
    ["ping", () => ({ isError: false, structuredContent: {} }), "ping ok 1"],
    ["send_message", refusal("window_closed"), "send_message window_closed 1"],
    ["send_message", refusal(CANARY), "send_message internal 1"],
    ["send_message", () => ({ isError: true }), "send_message internal 1"],
    ["send_message", throwing(new InputRequired({}, CANARY)), "send_message asked 1"],
    [
      "send_message",
      throwing(Object.assign(new Error(CANARY), { code: -32602 })),
      "send_message invalid_arguments 1",
    ],
    ["send_message", throwing(new Error(CANARY)), "send_message internal 1"],
    [CANARY, throwing(Object.assign(new Error(CANARY), { code: -32602 })), "unknown not_found 1"],
  ])("counts a call of %s once", async (name, end, expected) => {
    expect(await countOne(name, end)).toEqual([expected]);
  });
});

describe("countGraphCalls", () => {
  it("counts what is reported, until it is ended", async () => {
    const registry = new Registry();
    const stop = countGraphCalls(registry);
    graphCalls.report({ operation: "send", outcome: "uncertain", durationMs: 1_000 });
    stop();
    graphCalls.report({ operation: "send", outcome: "uncertain", durationMs: 1_000 });
    const { valueOf } = parseExposition(await registry.metrics());
    expect(valueOf("wamcp_graph_calls_total", { operation: "send", outcome: "uncertain" })).toBe(1);
    expect(valueOf("wamcp_graph_call_duration_seconds_sum", { operation: "send" })).toBe(1);
  });
});
