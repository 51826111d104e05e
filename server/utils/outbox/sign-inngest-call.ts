import { createHmac } from "node:crypto";

/** The header with which Inngest calls an app without a body: HMAC-SHA256 of the time, keyed with the key's text (inngest 4.24). */
export function signInngestCall(signingKey: string, now: Date): Record<string, string> {
  const seconds = String(Math.floor(now.getTime() / 1000));
  const key = signingKey.replace(/^signkey-\w+-/, "");
  const signature = createHmac("sha256", key).update(seconds).digest("hex");
  return { "x-inngest-signature": `t=${seconds}&s=${signature}` };
}
