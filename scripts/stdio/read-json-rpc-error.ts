import { isRecord } from "./is-record";
import type { JsonRpcError } from "./shim-errors";

/** The error in a parsed JSON-RPC answer; `undefined` when it holds none. */
export function readJsonRpcError(parsed: unknown): JsonRpcError | undefined {
  if (!isRecord(parsed) || parsed.jsonrpc !== "2.0" || !isRecord(parsed.error)) return undefined;
  const { code, message, data } = parsed.error;
  if (typeof code !== "number" || typeof message !== "string") return undefined;
  return { code, message, ...(data !== undefined && { data }) };
}
