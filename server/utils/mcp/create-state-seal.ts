import { createHash, createHmac } from "node:crypto";
import type { Peppers } from "../auth/peppers";
import { canonicalJson } from "../canonical-json";
import { sealedBox } from "../sealed-box";

/** How long an answer to a question counts. After that the question is put again. */
export const STATE_TTL_MS = 10 * 60_000;

/** The call to which a state belongs: it opens with no other client, key, tool or arguments. */
export interface StateBinding {
  readonly clientId: string;
  /** The first key of a chain of rotations: a key that takes another's place brings back what that one was asked. */
  readonly limitsKeyId: string;
  readonly tool: string;
  readonly arguments: unknown;
}

/** What a state says. */
export interface OpenedState {
  /** What the question was about. */
  readonly aboutId: string;
  /** Whether an answer to it still counts. */
  readonly isFresh: boolean;
}

/** Seals what a call was about to ask, for the client to bring back. Both throw what `canonicalJson` does. */
export interface StateSeal {
  seal(aboutId: string, now: Date): string;
  /** Undefined for anything that was not sealed for this call. */
  open(state: string, now: Date): OpenedState | undefined;
}

/**
 * Seals request states: the client carries them, and everything that it carries it may change (MCP 2026-07-28, multi round-trip
 * requests, server requirements). The key comes from the pepper, and from the one before it while that is still good.
 */
export function createStateSeal(peppers: Peppers, binding: StateBinding): StateSeal {
  const key = deriveKey(peppers.current.secret);
  const keys = peppers.previous ? [key, deriveKey(peppers.previous.secret)] : [key];
  return {
    seal(aboutId, now) {
      const content: Content = { aboutId, untilMs: now.getTime() + STATE_TTL_MS };
      return sealedBox.seal(key, Buffer.from(JSON.stringify(content)), digestCall(binding));
    },
    open(state, now) {
      const opened = sealedBox.open(keys, state, digestCall(binding));
      if (!opened) return undefined;
      const { aboutId, untilMs } = JSON.parse(opened.toString("utf8")) as Content;
      return { aboutId, isFresh: now.getTime() < untilMs };
    },
  };
}

interface Content {
  readonly aboutId: string;
  readonly untilMs: number;
}

// Only when it is needed: most calls bring no state and ask nothing.
function digestCall({ clientId, limitsKeyId, tool, arguments: given }: StateBinding): Buffer {
  return createHash("sha256")
    .update(canonicalJson([clientId, limitsKeyId, tool, given ?? {}]))
    .digest();
}

function deriveKey(secret: string): Buffer {
  return createHmac("sha256", secret).update("mcp-request-state").digest();
}
