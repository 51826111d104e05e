/** The JSON-RPC id of a request; null for none, or for what cannot be one. */
export function readRequestId(body: unknown): string | number | null {
  if (typeof body !== "object" || body === null || !("id" in body)) return null;
  return typeof body.id === "string" || typeof body.id === "number" ? body.id : null;
}
