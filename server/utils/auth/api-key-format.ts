import { randomInt } from "node:crypto";
import { crc32 } from "node:zlib";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const PREFIX_LENGTH = 8;
// 26 characters of 62 are 154 bits.
const SECRET_LENGTH = 26;
const CHECKSUM_LENGTH = 6;
/**
 * What a key looks like, as a regular expression that JavaScript, RE2 and Hyperscan read alike. Secret scanners use the same
 * one (docs/guides/secret-scanning.md).
 */
export const API_KEY_PATTERN = "wamcp_(?:live|test)_[0-9A-Za-z]{40}";
const TOKEN = new RegExp(`^${API_KEY_PATTERN}$`);
const HEAD_LENGTH = "wamcp_live_".length;

/** A key's parts: what is looked up, and the whole that is hashed. */
export interface ApiKeyToken {
  /** Unique and not secret: finds the row. */
  readonly prefix: string;
  readonly token: string;
}

/** Makes a new key: `wamcp_live_` + 8 characters to look it up + 26 secret ones + a checksum. */
export function createApiKeyToken(mode: "live" | "test"): ApiKeyToken {
  const head = `wamcp_${mode}_`;
  const lookUp = randomText(PREFIX_LENGTH);
  const body = `${head}${lookUp}${randomText(SECRET_LENGTH)}`;
  return { prefix: `${head}${lookUp}`, token: `${body}${checksum(body)}` };
}

/** Reads a key, or returns undefined for anything that was never one: the checksum settles it without the database. */
export function readApiKeyToken(token: string): ApiKeyToken | undefined {
  if (!TOKEN.test(token)) return undefined;
  if (checksum(token.slice(0, -CHECKSUM_LENGTH)) !== token.slice(-CHECKSUM_LENGTH)) return undefined;
  return { prefix: token.slice(0, HEAD_LENGTH + PREFIX_LENGTH), token };
}

function randomText(length: number): string {
  return Array.from({ length }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join("");
}

// A CRC-32 in base 62, so that a secret scanner can tell a key from a look-alike.
function checksum(body: string): string {
  let rest = crc32(body);
  let text = "";
  while (rest > 0) {
    text = ALPHABET.charAt(rest % ALPHABET.length) + text;
    rest = Math.floor(rest / ALPHABET.length);
  }
  return text.padStart(CHECKSUM_LENGTH, "0");
}
