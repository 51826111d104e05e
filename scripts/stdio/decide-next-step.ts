import { describeRefusal } from "./describe-refusal";
import type { PostOutcome } from "./post-message";
import { shimErrors, type JsonRpcError } from "./shim-errors";

/** What to do after a POST that did not bring the answer. */
export type NextStep =
  /** Nothing more is to come: a notification was accepted. */
  | { readonly do: "finish" }
  /** The server does not know the session and so has done nothing: open a new one, then send again. */
  | { readonly do: "renew" }
  /** The server has not done anything: wait (`ms` that it asked for, or the backoff), send again; too long: `error`. */
  | { readonly do: "wait"; readonly reason: string; readonly ms?: number; readonly error?: JsonRpcError }
  /** The server may have done it: resume the answer, or send again what is safe to repeat, or say so. */
  | {
      readonly do: "recover";
      readonly reason: string;
      readonly isBroken: boolean;
      readonly cursor?: string;
      readonly retryMs?: number;
    }
  /** Nothing will change by waiting: this is the answer. `failedWith` when the server broke down over it. */
  | { readonly do: "answer"; readonly error: JsonRpcError; readonly failedWith?: string };

/** What the decision depends on besides the outcome. */
export interface PostFacts {
  /** Whether the message is a request, which must be answered. */
  readonly wantsAnswer: boolean;
  /** Whether the message was sent inside a session that has an id. */
  readonly hadSession: boolean;
  readonly where: string;
  readonly hasKey: boolean;
}

const METHOD_NOT_FOUND = -32601;

/** Decides from facts alone; whether a repetition is safe is a question for `isRepeatable`. */
export function decideNextStep(outcome: PostOutcome, facts: PostFacts): NextStep {
  switch (outcome.kind) {
    case "read":
      if (!facts.wantsAnswer) return { do: "finish" };
      return { do: "recover", reason: "the answer ended early", isBroken: false, ...positionOf(outcome) };
    case "broken":
      // A notification needs no answer, so that one breaking does not matter.
      if (!facts.wantsAnswer) return { do: "finish" };
      return { do: "recover", reason: outcome.reason, isBroken: true, ...positionOf(outcome) };
    case "failed":
      if (outcome.isPermanent) {
        return {
          do: "answer",
          error: shimErrors.refused(`${facts.where} cannot be used: ${outcome.reason}.`),
        };
      }
      if (outcome.nothingSent) return { do: "wait", reason: outcome.reason };
      return { do: "recover", reason: outcome.reason, isBroken: true };
    case "not_mcp":
      return {
        do: "answer",
        error: shimErrors.refused(
          `${facts.where} answered with ${outcome.contentType} instead of MCP. WAMCP_URL usually ends in /mcp.`,
        ),
      };
    case "status":
      return decideOnStatus(outcome, facts);
  }
}

function decideOnStatus(outcome: Extract<PostOutcome, { kind: "status" }>, facts: PostFacts): NextStep {
  const { status, body, retryAfterMs } = outcome;
  const error = describeRefusal({ status, body, where: facts.where, hasKey: facts.hasKey });
  // MCP 2025-11-25, session management: 404 with a session id means that the session has ended. A 404 that
  // says "method not found" is how newer servers answer an unknown method.
  if (status === 404 && facts.hadSession && error.code !== METHOD_NOT_FOUND) return { do: "renew" };
  const reason = `HTTP ${status}`;
  if ((status === 429 || status === 503) && retryAfterMs !== undefined) {
    return { do: "wait", reason, ms: retryAfterMs, error };
  }
  // A JSON-RPC error says what happened, and so does any status below 500.
  if (status < 500 || error.code !== shimErrors.refused("").code) return { do: "answer", error };
  // A proxy whose server is away; the other ones come from the server itself, which will do so again.
  if (status >= 502 && status <= 504) return { do: "recover", reason, isBroken: true };
  return { do: "answer", error, failedWith: reason };
}

function positionOf({ cursor, retryMs }: { cursor?: string; retryMs?: number }): {
  cursor?: string;
  retryMs?: number;
} {
  return { ...(cursor !== undefined && { cursor }), ...(retryMs !== undefined && { retryMs }) };
}
