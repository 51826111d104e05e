import type { RequestId } from "./classify-message";
import type { JsonRpcError } from "./shim-errors";

/** One line of JSON: the error answer to a request, or to something whose id could not be read (`null`). */
export function errorReply(id: RequestId | null, error: JsonRpcError): string {
  return JSON.stringify({ jsonrpc: "2.0", id, error });
}
