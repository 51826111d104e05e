import { createHash, timingSafeEqual } from "node:crypto";

/** Whether two texts are the same, in a time that tells nothing of how much of them is. */
export function equalsSecret(given: string, secret: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(secret));
}
