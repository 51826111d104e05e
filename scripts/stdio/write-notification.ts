/** The text of a JSON-RPC notification of the shim's own. */
export function writeNotification(method: string, params?: Record<string, unknown>): string {
  return JSON.stringify({ jsonrpc: "2.0", method, ...(params !== undefined && { params }) });
}
