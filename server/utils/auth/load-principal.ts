import type { Database } from "#db/client";
import type { Principal } from "./principal";
import { findApiKey, listGrants, type ApiKeyName } from "./store";

/** A key that is good now. */
export interface LivingKey {
  readonly hash: string;
  readonly expiresAt: Date | null;
  readonly principal: Principal;
}

/** Reads a key with what it may do; undefined when it is unknown, expired or revoked, or its client is disabled. */
export async function loadPrincipal(
  database: Database,
  name: ApiKeyName,
  now: Date,
): Promise<LivingKey | undefined> {
  const key = await findApiKey(database.system, name);
  if (!key || key.revokedAt || key.disabledAt || (key.expiresAt && key.expiresAt <= now)) return undefined;
  const principal: Principal = {
    keyId: key.id,
    clientId: key.clientId,
    clientName: key.clientName,
    isOwner: key.isOwner,
    scopes: key.scopes,
    grants: await listGrants(database.system, key.clientId),
  };
  return { hash: key.hash, expiresAt: key.expiresAt, principal };
}
