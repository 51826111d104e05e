import type { AppError } from "../errors";
import { toHttpError } from "../http-error";

/** A JSON-RPC error as a whole HTTP answer, for what is refused before any SDK sees it. */
export function rpcError(
  status: number,
  code: number,
  message: string,
  headers: Record<string, string> = {},
  data?: Record<string, unknown>,
): Response {
  const error = { code, message, ...(data ? { data } : {}) };
  return Response.json({ jsonrpc: "2.0", error, id: null }, { status, headers });
}

/** An `AppError` as a JSON-RPC error with the fitting HTTP status. */
export function rpcAppError(error: AppError): Response {
  const { status, headers, body } = toHttpError(error);
  return rpcError(status, status === 401 ? -32001 : -32000, error.message, headers, body);
}
