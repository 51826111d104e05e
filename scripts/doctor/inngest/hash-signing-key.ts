import { createHash } from "node:crypto";

/** A signing key's public half: SHA-256 of what its hex stands for, as Inngest's API takes and shows it (`hashSigningKey` in inngest 4.24). */
export function hashSigningKey(signingKey: string): string {
  return createHash("sha256")
    .update(Buffer.from(signingKey.replace(/^signkey-\w+-/, ""), "hex"))
    .digest("hex");
}
