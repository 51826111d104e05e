import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from "node:crypto";
import type { Peppers } from "../auth/peppers";
import { canonicalJson } from "../canonical-json";

/** How long a question may stay unanswered before its call has to be made anew. */
export const STATE_TTL_MS = 10 * 60_000;

const CIPHER = "aes-256-gcm";
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** The call to which a state belongs: it opens with no other key, tool or arguments. */
export interface StateBinding {
  readonly keyId: string;
  readonly tool: string;
  readonly arguments: unknown;
}

/** Seals what a call was about to ask, for the client to bring back. */
export interface StateSeal {
  seal(aboutId: string, now: Date): string;
  /** What the question was about; undefined for anything that was not sealed for this call, or too long ago. */
  open(state: string, now: Date): string | undefined;
}

/**
 * Seals request states: the client carries them, and everything that it carries it may change (MCP 2026-07-28, multi round-trip
 * requests, server requirements). The key comes from the pepper, and from the one before it while that is still good.
 */
export function createStateSeal(peppers: Peppers, binding: StateBinding): StateSeal {
  const call = createHash("sha256")
    .update(canonicalJson([binding.keyId, binding.tool, binding.arguments ?? {}]))
    .digest();
  const key = deriveKey(peppers.current.secret);
  const keys = peppers.previous ? [key, deriveKey(peppers.previous.secret)] : [key];
  return {
    seal(aboutId, now) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(CIPHER, key, iv).setAAD(call);
      const plain = JSON.stringify({ aboutId, untilMs: now.getTime() + STATE_TTL_MS });
      const sealed = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString("base64url");
    },
    open(state, now) {
      const bytes = Buffer.from(state, "base64url");
      // Node skips what is no base64url: one state would have many spellings.
      if (bytes.length <= IV_BYTES + TAG_BYTES || bytes.toString("base64url") !== state) return undefined;
      for (const candidate of keys) {
        const content = decrypt(bytes, candidate, call);
        if (content) return now.getTime() < content.untilMs ? content.aboutId : undefined;
      }
      return undefined;
    },
  };
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
