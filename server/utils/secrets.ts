import { readFileSync } from "node:fs";
import { join } from "node:path";

const REFERENCE = /^secrets:\/\/([A-Za-z0-9._-]+)$/;

/**
 * Reads a value that may be a reference `secrets://name` to a file in the secrets folder.
 *
 * @returns the value itself, or the file's content without its trailing line break
 * @throws Error that names the reference, never the content
 */
export function readSecret(value: string, secretsDir: string): string {
  if (!value.startsWith("secrets://")) return value;
  const name = REFERENCE.exec(value)?.[1];
  if (!name || name === "." || name === "..")
    throw new Error("a secret's name has letters, digits, '.', '_' and '-'");
  try {
    return readFileSync(join(secretsDir, name), "utf8").replace(/\r?\n$/, "");
  } catch {
    throw new Error(`the secret file "${name}" cannot be read in SECRETS_DIR`);
  }
}
