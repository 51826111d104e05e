import type { Upstream } from "./create-upstream";
import { isRecord } from "./is-record";
import type { JsonRpcError } from "./shim-errors";

/** How a tool call of the shim's own ended. */
export type ToolReply =
  | { readonly kind: "result"; readonly content: Record<string, unknown> }
  /** The tool refused or failed: what its error says. */
  | { readonly kind: "tool_error"; readonly error: ToolError }
  /** There was no result: the error is the server's, or the shim's about the server. */
  | { readonly kind: "failed"; readonly error: JsonRpcError }
  /** Not answered in time, or the shim stops. */
  | { readonly kind: "aborted" };

/** The part of a tool's error that a program goes by. */
export interface ToolError {
  readonly code: string;
  readonly retryAfterMs?: number;
}

/** Calls a tool of the server, for the shim itself. The host sees nothing of it. */
export type ToolCaller = (name: string, args: Record<string, unknown>, limitMs: number) => Promise<ToolReply>;

/** Gives the {@link ToolCaller} that asks through `upstream`. */
export function createToolCaller(upstream: Pick<Upstream, "ask">): ToolCaller {
  return async (name, args, limitMs) => {
    const { sent, result, error } = await upstream.ask("tools/call", { name, arguments: args }, limitMs);
    if (sent.kind === "gave_up") return { kind: "failed", error: sent.error };
    if (error !== undefined) return { kind: "failed", error };
    if (result === undefined) return { kind: "aborted" };
    const content = isRecord(result.structuredContent) ? result.structuredContent : {};
    return result.isError === true
      ? { kind: "tool_error", error: readToolError(content.error) }
      : { kind: "result", content };
  };
}

function readToolError(error: unknown): ToolError {
  const { code, retry_after_s: seconds } = isRecord(error) ? error : {};
  return {
    code: typeof code === "string" ? code : "internal",
    ...(typeof seconds === "number" && { retryAfterMs: seconds * 1_000 }),
  };
}
