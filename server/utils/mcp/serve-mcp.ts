import type { H3Event } from "h3";
import { isLegacyRequest } from "@modelcontextprotocol/server";
import type { App } from "../app";
import { readCredentials } from "../auth/read-credentials";
import { toAppError, type AppError } from "../errors";
import { describeError } from "../log";
import { readLimitedBody } from "../read-limited-body";
import { sendWebResponse } from "../web-response";
import type { McpRequest } from "./mcp-request";
import { refuseEdge } from "./refuse-edge";
import { rpcAppError, rpcError } from "./rpc-error";

const BODY_LIMIT_BYTES = 1024 * 1024;

const METHODS = ["GET", "POST", "DELETE"];

/** Answers a request to /mcp: who calls, is it JSON, of which era; then the SDK of that era speaks. */
export async function serveMcp(event: H3Event, app: App): Promise<void> {
  try {
    await answer(event, app);
  } catch (error) {
    const appError: AppError = toAppError(error);
    if (appError.code === "internal") app.log.error("/mcp failed:", describeError(error));
    if (!event.node.res.headersSent) await sendWebResponse(event, rpcAppError(appError));
  }
}

async function answer(event: H3Event, app: App): Promise<void> {
  const refusedEdge = refuseEdge(event, app.config.edge);
  if (refusedEdge) return sendWebResponse(event, refusedEdge);
  if (!METHODS.includes(event.method)) {
    const refusal = rpcError(405, -32000, "Method not allowed", { allow: METHODS.join(", ") });
    return sendWebResponse(event, refusal);
  }
  const request = event.node.req;
  const credentials = readCredentials(request.rawHeaders, request.url ?? "");
  const caller = app.readAddress(request);
  await app.authenticator.authenticate(credentials, caller);
  const mcpRequest = await readMcpRequest(event, app.config.publicUrl);
  if (mcpRequest instanceof Response) return sendWebResponse(event, mcpRequest);
  // Once more: a body may take a minute to arrive, and the key may have been revoked meanwhile. Whoever opens a session after
  // the sessions of a key were closed would keep it.
  const principal = await app.authenticator.authenticate(credentials, caller);
  const isLegacy = await isLegacyRequest(mcpRequest.web, mcpRequest.body);
  const side = isLegacy ? app.sessions : app.exchanges;
  return sendWebResponse(event, await side.handle(mcpRequest, principal));
}

async function readMcpRequest(event: H3Event, publicUrl: string): Promise<McpRequest | Response> {
  const { req, res } = event.node;
  const gone = new AbortController();
  if (res.destroyed) gone.abort();
  res.once("close", () => gone.abort());
  let body: unknown;
  if (event.method === "POST") {
    const raw = await readLimitedBody(event, BODY_LIMIT_BYTES);
    try {
      body = JSON.parse(raw.toString("utf8"));
    } catch {
      return rpcError(400, -32700, "Parse error: the body is not JSON");
    }
  }
  const sessionId = req.headers["mcp-session-id"];
  return {
    web: describeRequest(event, publicUrl, gone.signal),
    body,
    sessionId: Array.isArray(sessionId) ? sessionId[0] : sessionId,
    connection: gone.signal,
  };
}

// The SDKs read method, URL, headers and signal only; a whole `Request` costs a tenth of the time of a call. The URL is ours: the
// caller's Host header proves nothing and may not even be one.
function describeRequest(event: H3Event, publicUrl: string, signal: AbortSignal): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(event.node.req.headers)) {
    if (typeof value === "string" && name !== "authorization") headers.set(name, value);
  }
  return { method: event.method, url: `${publicUrl}/mcp`, headers, signal } as Request;
}
