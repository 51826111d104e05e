import { randomBytes } from "node:crypto";

/** A new superuser password: 192 random bits, safe in a URL and in a file. */
export function createPassword(): string {
  return randomBytes(24).toString("base64url");
}
