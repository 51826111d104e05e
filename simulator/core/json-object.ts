/** A parsed JSON object whose members nobody has checked yet. */
export type JsonObject = Record<string, unknown>;

/** True for a JSON object; arrays and null are not objects here. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
