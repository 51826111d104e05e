import { createHmac, timingSafeEqual } from "node:crypto";

const HEADER = /^sha256=([0-9a-f]{64})$/;

/**
 * Whether Meta signed these bytes: HMAC-SHA256 over the raw body, keyed with the app secret, as lower-case
 * hex in `X-Hub-Signature-256` (Meta, "Getting started with webhooks"). Every secret is tried in full, so that
 * time tells nothing; more than one is valid while a secret is being replaced.
 */
export function verifySignature(
  rawBody: Uint8Array,
  header: string | undefined,
  appSecrets: readonly string[],
): boolean {
  const signature = HEADER.exec(header ?? "")?.[1];
  if (!signature) return false;
  const given = Buffer.from(signature, "hex");
  let valid = false;
  for (const secret of appSecrets) {
    const expected = createHmac("sha256", secret).update(rawBody).digest();
    if (timingSafeEqual(given, expected)) valid = true;
  }
  return valid;
}
