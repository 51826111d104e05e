import { API_KEY_PATTERN, readApiKeyToken, type ApiKeyToken } from "./api-key-format";

// Anything may stand before a key: the D of an encoded "=" (%3D) or the n of an escaped line break are letters too.
const IN_TEXT = new RegExp(`${API_KEY_PATTERN}(?![0-9A-Za-z])`, "g");

/** Finds the keys in a text. Only those whose checksum is right: what merely looks like one is left out. */
export function findApiKeys(text: string): ApiKeyToken[] {
  return [...text.matchAll(IN_TEXT)].flatMap(([token]) => readApiKeyToken(token) ?? []);
}
