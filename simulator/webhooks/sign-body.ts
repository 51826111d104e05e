import { createHmac } from "node:crypto";

/** The value of `X-Hub-Signature-256`: HMAC-SHA256 over exactly these bytes with the app secret, lower-case hex. */
export function signBody(body: string | Uint8Array, appSecret: string): string {
  return `sha256=${createHmac("sha256", appSecret).update(body).digest("hex")}`;
}
