import type { Database } from "#db/client";
import { describeKeyState } from "./describe-key-state";
import { loadPrincipal } from "./load-principal";
import type { Principal } from "./principal";
import { findApiKey } from "./store";

/** What a key may do now, by its id; undefined when it is unknown, expired or revoked, or its client is disabled. */
export async function findLivingPrincipal(
  database: Database,
  keyId: string,
  now: Date,
): Promise<Principal | undefined> {
  const key = await findApiKey(database.system, { id: keyId });
  return key && !describeKeyState(key, now) ? loadPrincipal(database, key) : undefined;
}
