import { timingSafeEqual } from "node:crypto";
import { hashApiKey } from "./hash-api-key";
import type { Peppers } from "./peppers";

/** What is kept of a key's secret. */
export interface KeyHash {
  readonly hash: string;
  readonly pepperVersion: number;
}

// Stands in for a key that there is not. As long as a hash, so that comparing takes as long.
const NOBODY: KeyHash = { hash: "0".repeat(64), pepperVersion: 0 };

/**
 * Whether a token is the one that was hashed, with the pepper that its row names: the current one or the one before.
 * Does the same work whether the row exists, and whatever of it differs.
 */
export function verifyApiKey(peppers: Peppers, token: string, stored: KeyHash | undefined): boolean {
  const { hash, pepperVersion } = stored ?? NOBODY;
  const pepper = [peppers.current, peppers.previous].find((one) => one?.version === pepperVersion);
  const presented = hashApiKey(token, (pepper ?? peppers.current).secret);
  const isSame = isEqual(presented, hash);
  return isSame && pepper !== undefined && stored !== undefined;
}

function isEqual(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
