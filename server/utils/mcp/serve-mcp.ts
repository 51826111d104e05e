import type { H3Event } from "h3";
import type { App } from "../app";
import { toAppError, type AppError } from "../errors";
import { describeError } from "../log";
import { readLimitedBody } from "../read-limited-body";
import { sendWebResponse } from "../web-response";
import type { McpRequest } from "./mcp-request";
import { rpcAppError, rpcError } from "./rpc-error";

const BODY_LIMIT_BYTES = 1024 * 1024;

/** Answers a request to /mcp: who calls, is it JSON, which session; then the SDK's transport speaks. */
export async function serveMcp(event: H3Event, app: App): Promise<void> {
  const request = event.node.req;
  // Two headers are one lie too many: proxies disagree about which one counts.
  const authorization = request.rawHeaders.filter(
    (name, i) => i % 2 === 0 && name.toLowerCase() === "authorization",
  );
  try {
    const header = authorization.length === 1 ? request.headers.authorization : undefined;
    const principal = await app.authenticator.authenticate(header, request.socket.remoteAddress);
    const mcpRequest = await readMcpRequest(event, app.config.publicUrl);
    if (mcpRequest instanceof Response) return await sendWebResponse(event, mcpRequest);
    const { response, session } = await app.sessions.handle(mcpRequest, principal);
    const isStream = event.method === "GET" && response.status === 200;
    if (isStream) session?.setStreaming(true);
    try {
      await sendWebResponse(event, response);
    } finally {
      if (isStream) session?.setStreaming(false);
    }
  } catch (error) {
    const appError: AppError = toAppError(error);
    if (appError.code === "internal") app.log.error("/mcp failed:", describeError(error));
    if (!event.node.res.headersSent) await sendWebResponse(event, rpcAppError(appError));
  }
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
    web: describeRequest(event, publicUrl),
    body,
    sessionId: Array.isArray(sessionId) ? sessionId[0] : sessionId,
    connection: gone.signal,
  };
}

// The SDK reads method, URL and headers only; a whole `Request` costs a tenth of the time of a call. The URL is ours: the
// caller's Host header proves nothing and may not even be one.
function describeRequest(event: H3Event, publicUrl: string): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(event.node.req.headers)) {
    if (typeof value === "string" && name !== "authorization") headers.set(name, value);
  }
  return { method: event.method, url: `${publicUrl}/mcp`, headers } as Request;
}
