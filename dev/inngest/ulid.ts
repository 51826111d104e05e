import { randomBytes } from "node:crypto";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const TIME_CHARACTERS = 10;

/**
 * Create a ULID: 48 bits of time and 80 bits of entropy in Crockford's base 32, 26 characters, sortable by time.
 *
 * @param timeMs - milliseconds since 1970
 * @param entropy - ten bytes; the same time and bytes always give the same id
 */
export function createUlid(timeMs: number = Date.now(), entropy: Uint8Array = randomBytes(10)): string {
  let time = "";
  for (let index = 0, rest = Math.max(0, Math.floor(timeMs)); index < TIME_CHARACTERS; index++) {
    time = ALPHABET.charAt(rest % 32) + time;
    rest = Math.floor(rest / 32);
  }
  return time + encodeBytes(entropy.subarray(0, 10));
}

function encodeBytes(bytes: Uint8Array): string {
  let text = "";
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET.charAt((buffer >> bits) & 31);
    }
    buffer &= (1 << bits) - 1;
  }
  return text;
}
