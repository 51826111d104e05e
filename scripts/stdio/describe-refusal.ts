import { isRecord } from "./is-record";
import { parseJson } from "./parse-json";
import { readJsonRpcError } from "./read-json-rpc-error";
import { shimErrors, type JsonRpcError } from "./shim-errors";

/** Longest piece of a server's own words that is passed on, in characters. */
const DETAIL_LIMIT = 300;

/** What {@link describeRefusal} needs to know. */
export interface Refusal {
  readonly status: number;
  readonly body: string;
  /** The server's address, for messages. */
  readonly where: string;
  readonly hasKey: boolean;
}

/**
 * Turns an HTTP error into the JSON-RPC error for the host: the server's own, when its body is one;
 * advice about the key for 401 and 403; otherwise the status with what the server said.
 */
export function describeRefusal({ status, body, where, hasKey }: Refusal): JsonRpcError {
  const parsed = parseJson(body);
  if (status === 401 || status === 403) return shimErrors.unauthorized(status, hasKey, findDetail(parsed));
  const error = readJsonRpcError(parsed);
  if (error !== undefined) return error;
  if (status >= 300 && status < 400) {
    return shimErrors.refused(
      `${where} redirects elsewhere (HTTP ${status}). Set WAMCP_URL to the final address.`,
      status,
    );
  }
  if (status === 404 || status === 405) {
    return shimErrors.refused(
      `There is no MCP endpoint at ${where} (HTTP ${status}). WAMCP_URL usually ends in /mcp.`,
      status,
    );
  }
  const detail = findDetail(parsed);
  return shimErrors.refused(`The server answered HTTP ${status}${detail ? `: ${detail}` : ""}.`, status);
}

function findDetail(parsed: unknown): string | undefined {
  if (!isRecord(parsed)) return undefined;
  const nested = isRecord(parsed.error) ? parsed.error.message : parsed.error;
  const detail = [nested, parsed.message].find((each) => typeof each === "string" && each !== "");
  return typeof detail === "string" ? detail.slice(0, DETAIL_LIMIT) : undefined;
}
