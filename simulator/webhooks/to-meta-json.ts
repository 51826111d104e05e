// Seen in real traffic (reference 3.2): everything outside ASCII as lower-case \u escapes, `/` as `\/`, `@` as \u0040.
const ESCAPED = /[\u0080-\uffff/@]/g;

/**
 * JSON in the bytes that Meta signs. They differ from what JSON.stringify gives, so a receiver that parses and
 * serialises again before it checks the signature fails here as it would fail in production.
 */
export function toMetaJson(value: unknown): string {
  return JSON.stringify(value).replace(ESCAPED, escape);
}

function escape(character: string): string {
  if (character === "/") return "\\/";
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
