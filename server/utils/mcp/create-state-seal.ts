import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from "node:crypto";
import type { Peppers } from "../auth/peppers";
import { canonicalJson } from "../canonical-json";

/** How long an answer to a question counts. After that the question is put again. */
export const STATE_TTL_MS = 10 * 60_000;

const CIPHER = "aes-256-gcm";
const IV_BYTES = 12;
const TAG_BYTES = 16;

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
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(CIPHER, key, iv).setAAD(digestCall(binding));
      const plain = JSON.stringify({ aboutId, untilMs: now.getTime() + STATE_TTL_MS });
      const sealed = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString("base64url");
    },
    open(state, now) {
      const bytes = Buffer.from(state, "base64url");
      // Node skips what is no base64url: one state would have many spellings.
      if (bytes.length <= IV_BYTES + TAG_BYTES || bytes.toString("base64url") !== state) return undefined;
      const call = digestCall(binding);
      for (const candidate of keys) {
        const content = decrypt(bytes, candidate, call);
        if (content) return { aboutId: content.aboutId, isFresh: now.getTime() < content.untilMs };
      }
      return undefined;
    },
  };
}

// Only when it is needed: most calls bring no state and ask nothing.
function digestCall({ clientId, limitsKeyId, tool, arguments: given }: StateBinding): Buffer {
  return createHash("sha256")
    .update(canonicalJson([clientId, limitsKeyId, tool, given ?? {}]))
    .digest();
}

function decrypt(
  bytes: Buffer,
  key: Buffer,
  call: Buffer,
): { readonly aboutId: string; readonly untilMs: number } | undefined {
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(call)
    .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  try {
    const plain = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
    return JSON.parse(plain.toString("utf8")) as { aboutId: string; untilMs: number };
  } catch {
    return undefined;
  }
}

function deriveKey(secret: string): Buffer {
  return createHmac("sha256", secret).update("mcp-request-state").digest();
}
