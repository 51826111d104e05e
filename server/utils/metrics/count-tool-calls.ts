import { Counter, Histogram, type Registry } from "prom-client";
import { catalogue } from "../mcp/catalogue";
import { InputRequired } from "../mcp/input-required";
import type { McpSurface } from "../mcp/surface";
import { readErrorCode } from "./read-error-code";

// The longest wait for messages is 110 s.
const BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 120];

/** The same surface, whose tool calls are counted. */
export function countToolCalls(surface: McpSurface, registry: Registry): McpSurface {
  const counter = new Counter({
    name: "wamcp_tool_calls_total",
    help: "Tool calls that this process answered, by tool and outcome: ok, asked (a person has to answer first), or an error code",
    labelNames: ["tool", "outcome"],
    registers: [registry],
  });
  const durations = new Histogram({
    name: "wamcp_tool_call_duration_seconds",
    help: "How long this process took over a tool call; wait_for_messages waits on purpose",
    labelNames: ["tool"],
    buckets: BUCKETS_S,
    registers: [registry],
  });
  return {
    ...surface,
    async callTool(call) {
      // A name that is no tool's is the caller's own word.
      const tool = catalogue.find(call.name)?.name ?? "unknown";
      const stopTimer = durations.startTimer({ tool });
      let outcome = "internal";
      try {
        const result = await surface.callTool(call);
        outcome = readErrorCode(result) ?? "ok";
        return result;
      } catch (error) {
        outcome = tool === "unknown" ? "not_found" : nameThrown(error);
        throw error;
      } finally {
        stopTimer();
        counter.inc({ tool, outcome });
      }
    },
  };
}

// What else is thrown is the protocol's: a state that was not made for the call (`mcp/call-tool.ts`).
function nameThrown(error: unknown): string {
  if (error instanceof InputRequired) return "asked";
  return error instanceof Error && "code" in error && error.code === -32602
    ? "invalid_arguments"
    : "internal";
}
