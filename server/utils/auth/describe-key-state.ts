import type { StoredApiKey } from "./store";

/** Why a key is not good any more. */
export type KeyState = "revoked" | "expired" | "disabled";

/** Why a key must be refused at this moment; undefined when it is good. */
export function describeKeyState(key: StoredApiKey, now: Date): KeyState | undefined {
  if (key.revokedAt) return "revoked";
  if (key.disabledAt) return "disabled";
  return key.expiresAt && key.expiresAt <= now ? "expired" : undefined;
}
