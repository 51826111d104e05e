import { createHash, createHmac, timingSafeEqual } from "node:crypto";

const MAX_AGE_MS = 5 * 60_000;

/** The keys of keyed ("start") mode; without them the engine is in dev mode and neither signs nor checks. */
export interface Signer {
  /** Value of `x-inngest-signature` for these exact bytes. */
  sign(body: string): string;
  /** Whether a signature header belongs to these bytes and is at most five minutes old. */
  verify(body: string, header: string | undefined): boolean;
  /** Whether an `authorization` header carries the key, raw or hashed (a real server takes both). */
  authorizes(header: string | undefined): boolean;
}

/**
 * Signing as both sides of the protocol do it: HMAC-SHA256 over body + timestamp, keyed with the text of the key
 * without its `signkey-*-` prefix; bearer tokens carry the hex SHA-256 of the decoded key.
 * Source: `signDataWithKey` and `hashSigningKey` in `inngest` 4.24.
 *
 * @throws Error when the key is not hex of even length, which `inngest start` refuses too
 */
export function createSigner(signingKey: string): Signer {
  const key = signingKey.replace(/^signkey-\w+-/, "");
  if (!/^([0-9a-f]{2})+$/i.test(key))
    throw new Error("the signing key must be hex with an even number of characters");
  const hashed = createHash("sha256").update(Buffer.from(key, "hex")).digest("hex");
  const digest = (body: string, timestamp: string): string =>
    createHmac("sha256", key).update(body).update(timestamp).digest("hex");
  return {
    sign(body) {
      const timestamp = String(Math.floor(Date.now() / 1000));
      return `t=${timestamp}&s=${digest(body, timestamp)}`;
    },
    verify(body, header) {
      const parameters = new URLSearchParams(header ?? "");
      const timestamp = parameters.get("t") ?? "";
      const fresh = Math.abs(Date.now() - Number(timestamp) * 1000) <= MAX_AGE_MS;
      return fresh && isSame(digest(body, timestamp), parameters.get("s") ?? "");
    },
    authorizes(header) {
      const token = (header ?? "").replace(/^Bearer\s+/i, "").replace(/^signkey-\w+-/, "");
      return isSame(token, hashed) || isSame(token, key);
    },
  };
}

function isSame(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
