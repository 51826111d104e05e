import type { Database } from "#db/client";
import type { Principal } from "./principal";
import { listGrants, type StoredApiKey } from "./store";

/** Reads what a key may do. */
export async function loadPrincipal(database: Database, key: StoredApiKey): Promise<Principal> {
  return {
    keyId: key.id,
    clientId: key.clientId,
    clientName: key.clientName,
    isOwner: key.isOwner,
    scopes: key.scopes,
    rpmLimit: key.rpmLimit,
    limitsKeyId: key.limitsKeyId ?? key.id,
    expiresAt: key.expiresAt,
    grants: await listGrants(database.system, key.clientId),
  };
}
