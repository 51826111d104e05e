import { createHmac } from "node:crypto";

/** What is stored of a key: an HMAC-SHA256 with the pepper, so that a copy of the database opens nothing. */
export function hashApiKey(token: string, pepper: string): string {
  return createHmac("sha256", pepper).update(token).digest("hex");
}
