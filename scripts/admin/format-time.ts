/** A time for people: ISO 8601 in UTC, to the second. */
export function formatTime(at: Date): string {
  return at.toISOString().replace(/\.\d{3}Z$/, "Z");
}
