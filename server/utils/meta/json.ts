/** Any JSON object: Meta adds fields without notice, so nothing is assumed of it. */
export type JsonObject = Record<string, unknown>;

/** The value as an object, or an empty one: webhooks hold `null`, arrays and strings where objects belong. */
export function asObject(value: unknown): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

/** The value as a list: a lone object stands for a list of one (seen in real traffic: `entry: {}`). */
export function asList(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return typeof value === "object" && value !== null ? [value] : [];
}

/** The value as a non-empty string; numbers are accepted, because ids and times come as either. */
export function asText(value: unknown): string | undefined {
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

// Meta's own messages are less than ten levels deep. Deeper than this PostgreSQL and our own stack would give up long before
// a body's limit of 3 MB does; the untouched bytes stay in the inbox.
const DEPTH_LIMIT = 64;

/**
 * A copy that PostgreSQL can store: U+0000 (refused by text and jsonb) and lone surrogates (not valid UTF-8)
 * become U+FFFD, in keys too; what is nested absurdly deep becomes null. The untouched bytes stay in the inbox.
 */
export function storable<T>(value: T, depth = 0): T {
  if (typeof value === "string") return storableText(value) as T;
  if (typeof value !== "object" || value === null) return value;
  if (depth >= DEPTH_LIMIT) return null as T;
  if (Array.isArray(value)) return value.map((item) => storable(item as unknown, depth + 1)) as T;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [storableText(key), storable(item as unknown, depth + 1)]),
  ) as T;
}

function storableText(text: string): string {
  return text.replaceAll("\u0000", "\uFFFD").replaceAll(/\p{Surrogate}/gu, "\uFFFD");
}
