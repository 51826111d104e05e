/**
 * JSON with sorted keys (RFC 8785, JCS). The SDK checks signatures over this form of the body it parsed
 * (`signDataWithKey` in `inngest` canonicalises before signing), so the engine sends and signs exactly these bytes.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map((entry) => canonicalJson(entry)).join(",")}]`;
  // Built as text: an object with sorted keys would still list integer-like keys first, by number.
  const members = Object.entries(value)
    .filter(([, entry]) => entry !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, entry]) => `${JSON.stringify(key)}:${canonicalJson(entry)}`);
  return `{${members.join(",")}}`;
}
