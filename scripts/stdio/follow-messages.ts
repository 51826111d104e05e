import { backoffMs } from "./backoff-ms";
import type { ToolCaller, ToolReply } from "./create-tool-caller";
import { isRecord } from "./is-record";

/** How long the server holds an empty answer, in seconds: below the 60 s of common proxies. */
const HOLD_S = 45;
/** When an answer is overdue, in milliseconds: the connection has died unnoticed, as when a laptop slept. */
const OVERDUE_MS = 75_000;
/** Least time from one call to the next, in milliseconds: a key's calls a minute are the host's too. */
const CALL_INTERVAL_MS = 2_000;
/** However long the server asks to be left alone. */
const LONGEST_PAUSE_MS = 300_000;
/** The most that the server gives in one answer. */
const PAGE_SIZE = 100;
/** The cursor that begins with what comes next. */
const NOW = "now";

/** Refusals that time does not mend, by the tool's error code. */
const FINAL_TOOL_CODES = new Set(["unauthorized", "forbidden", "not_found", "invalid_arguments"]);
/** JSON-RPC's own for a call that is wrong, and the shim's for a key that is not accepted. */
const FINAL_RPC_CODES = new Set([-32600, -32601, -32602, -32004]);

/** A message as the server gives it. */
export type InboundMessage = Readonly<Record<string, unknown>>;

/** Which messages to wait for. */
export interface MessageFilter {
  readonly phone_number_id?: string;
  readonly conversation_id?: string;
}

/** What {@link followMessages} needs. */
export interface FollowOptions {
  readonly callTool: ToolCaller;
  readonly filter: MessageFilter;
  /** Whether to begin with what is unread, or with the first message that comes from now on. */
  readonly since: "now" | "unread";
  readonly signal: AbortSignal;
  /** Takes one message; the next is handed over when it has finished. */
  onMessage(message: InboundMessage): Promise<void>;
  pause(ms: number, signal: AbortSignal): Promise<void>;
  log(line: string): void;
}

/**
 * Hands over every inbound message, in order and once, across outages and restarts of the server, until the
 * signal aborts. Resolves to the reason when the server refuses for good.
 */
export async function followMessages(options: FollowOptions): Promise<string | undefined> {
  const { callTool, filter, signal, onMessage, pause, log } = options;
  let cursor = options.since === "now" ? NOW : undefined;
  let failures = 0;
  while (!signal.aborted) {
    const startedAt = performance.now();
    // The moment is settled at once: a call that is held may be lost, with what came meanwhile.
    const holdS = cursor === NOW ? 0 : HOLD_S;
    const args = { ...filter, limit: PAGE_SIZE, timeout_s: holdS, ...(cursor !== undefined && { cursor }) };
    const step = readStep(await callTool("wait_for_messages", args, OVERDUE_MS), failures);
    if (signal.aborted) break;
    if (step.kind === "refused") return step.reason;
    if (step.kind === "wait" && failures++ === 0) {
      log(`No messages at the moment (${step.reason}); trying until there are.`);
    }
    if (step.kind === "page") {
      failures = 0;
      for (const message of step.messages) await onMessage(message);
      cursor = step.cursor;
    }
    const restMs = CALL_INTERVAL_MS - (performance.now() - startedAt);
    await pause(Math.max(0, restMs, step.kind === "wait" ? step.ms : 0), signal);
  }
  return undefined;
}

type Step =
  | { readonly kind: "page"; readonly messages: InboundMessage[]; readonly cursor: string }
  | { readonly kind: "wait"; readonly ms: number; readonly reason: string }
  | { readonly kind: "again" }
  | { readonly kind: "refused"; readonly reason: string };

function readStep(reply: ToolReply, failures: number): Step {
  switch (reply.kind) {
    case "aborted":
      return { kind: "again" };
    case "failed": {
      const { code, message } = reply.error;
      if (FINAL_RPC_CODES.has(code)) return { kind: "refused", reason: message };
      return { kind: "wait", ms: backoffMs(failures), reason: message };
    }
    case "tool_error": {
      const { code, retryAfterMs = backoffMs(failures) } = reply.error;
      if (FINAL_TOOL_CODES.has(code)) {
        return { kind: "refused", reason: `The server refuses wait_for_messages (${code}).` };
      }
      return { kind: "wait", ms: Math.min(retryAfterMs, LONGEST_PAUSE_MS), reason: code };
    }
    case "result": {
      const { messages, cursor } = reply.content;
      if (!Array.isArray(messages) || typeof cursor !== "string") {
        return { kind: "refused", reason: "The server's wait_for_messages gives no messages and cursor." };
      }
      return { kind: "page", messages: messages.filter(isRecord), cursor };
    }
  }
}
