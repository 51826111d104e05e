import { crc32 } from "node:zlib";
import { createApiKeyToken } from "#server/utils/auth/api-key-format";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const PREFIX_LENGTH = "wamcp_test_".length + 8;

/** A token that is well formed and finds the same row, with another secret. */
export function forgeToken(token: string): string {
  const prefix = token.slice(0, PREFIX_LENGTH);
  const other = createApiKeyToken("test").token;
  const body = `${prefix}${other.slice(PREFIX_LENGTH, PREFIX_LENGTH + 26)}`;
  let rest = crc32(body);
  let sum = "";
  while (rest > 0) {
    sum = ALPHABET.charAt(rest % 62) + sum;
    rest = Math.floor(rest / 62);
  }
  return body + sum.padStart(6, "0");
}
