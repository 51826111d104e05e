import type { SystemContext } from "../context";
import { describeError } from "../log";
import type { ApiKeyToken } from "./api-key-format";
import type { CachedKey } from "./create-key-cache";
import { describeKeyState, type KeyState } from "./describe-key-state";
import { hashApiKey } from "./hash-api-key";
import { loadPrincipal } from "./load-principal";
import { findApiKey, replaceKeyHash, type StoredApiKey } from "./store";
import { verifyApiKey, type KeyHash } from "./verify-api-key";

/** What the database says of a token. */
export interface KeyCheck {
  /** The key, when it is good. */
  readonly key?: CachedKey;
  /** Why it is not. */
  readonly refusal?: "unknown" | "wrong_secret" | KeyState;
  /** Whose secret it is, whether or not the key is still good. */
  readonly owner?: { readonly clientId: string; readonly apiKeyId: string };
}

type CheckContext = Pick<SystemContext, "database" | "log" | "config">;

/** Asks the database for a key. One that was hashed with the previous pepper is hashed again with the current one. */
export async function checkApiKey(
  ctx: CheckContext,
  { prefix, token }: ApiKeyToken,
  now: Date,
): Promise<KeyCheck> {
  const stored = await findApiKey(ctx.database.system, { prefix });
  // Also for a key that there is not: the time it takes must not tell which prefixes exist.
  const isRight = verifyApiKey(ctx.config.apiKeyPeppers, token, stored);
  if (!stored) return { refusal: "unknown" };
  if (!isRight) return { refusal: "wrong_secret" };
  const refusal = describeKeyState(stored, now);
  const owner = { clientId: stored.clientId, apiKeyId: stored.id };
  if (refusal) return { refusal, owner };
  const { hash, pepperVersion } = await renewHash(ctx, stored, token);
  const principal = await loadPrincipal(ctx.database, stored);
  return { key: { hash, pepperVersion, expiresAt: stored.expiresAt, principal }, owner };
}

async function renewHash(ctx: CheckContext, stored: StoredApiKey, token: string): Promise<KeyHash> {
  const { version, secret } = ctx.config.apiKeyPeppers.current;
  if (stored.pepperVersion === version) return stored;
  const next = { hash: hashApiKey(token, secret), pepperVersion: version };
  try {
    await replaceKeyHash(ctx.database.system, stored.id, stored, next);
  } catch (error) {
    // The old hash is still good, and the next use tries again.
    ctx.log.warn("a key's hash was not renewed:", describeError(error));
  }
  return next;
}
