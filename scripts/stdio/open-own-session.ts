import { createHandshake } from "./create-handshake";
import type { Upstream } from "./create-upstream";
import { parseJson } from "./parse-json";
import { readJsonRpcError } from "./read-json-rpc-error";
import type { JsonRpcError } from "./shim-errors";

const PROTOCOL_VERSION = "2025-11-25";

/** What {@link openOwnSession} needs. */
export interface OwnSessionOptions {
  readonly upstream: Upstream;
  /** How long the server may be away, in milliseconds. */
  readonly waitMs: number;
  log(line: string): void;
}

/** Opens a session where there is no host to open one. Gives the error when there is none. */
export async function openOwnSession({
  upstream,
  waitMs,
  log,
}: OwnSessionOptions): Promise<JsonRpcError | undefined> {
  let error: JsonRpcError | undefined;
  const write = async (line: string): Promise<void> => void (error = readJsonRpcError(parseJson(line)));
  const handshake = createHandshake({ upstream, waitMs, write, log });
  const clientInfo = { name: "wamcp-stdio-watch", version: "1" };
  const params = { protocolVersion: PROTOCOL_VERSION, capabilities: {}, clientInfo };
  const opening = { id: "wamcp-stdio/open", method: "initialize", params };
  await handshake.initialize(JSON.stringify({ jsonrpc: "2.0", ...opening }), { kind: "request", ...opening });
  if (error !== undefined || upstream.keeper.current() === undefined) return error;
  const confirming = { method: "notifications/initialized", params: {} };
  const text = JSON.stringify({ jsonrpc: "2.0", ...confirming });
  await handshake.confirm(text, { kind: "notification", ...confirming });
  return undefined;
}
