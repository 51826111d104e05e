import type { H3Event } from "h3";
import { checkEdge } from "../edge/check-edge";
import type { Edge } from "../edge/edge";
import { rpcError } from "./rpc-error";

const PREFLIGHT_SECONDS = 600;

// What the transports of both eras send and read besides what browsers allow anyway.
const REQUEST_HEADERS =
  "authorization, content-type, last-event-id, mcp-method, mcp-name, mcp-protocol-version, mcp-session-id";
const ANSWER_HEADERS = "Mcp-Session-Id, Retry-After, WWW-Authenticate";

const REASON = {
  host: "This server does not answer to the name in the Host header. Its operator can add it to ALLOWED_HOSTS, or has to let the proxy pass on the Host that clients send.",
  origin:
    "Pages of this Origin may not call this server. Its operator can add it to ALLOWED_ORIGINS; programs send no Origin.",
} as const;

/**
 * Looks at Host and Origin before anything else of a request to /mcp, and writes the CORS headers for origins that the operator
 * named. Undefined for a request that goes on.
 */
export function refuseEdge(event: H3Event, edge: Edge): Response | undefined {
  const { req, res } = event.node;
  const { host, origin } = req.headers;
  const wrong = checkEdge(edge, { host, origin });
  if (edge.corsOrigins.size > 0) res.setHeader("vary", "Origin");
  if (wrong) return rpcError(403, -32000, REASON[wrong]);
  if (origin === undefined || !edge.corsOrigins.has(origin)) return undefined;
  // No credentials: the key is in a header that the page sets itself.
  res.setHeader("access-control-allow-origin", origin);
  res.setHeader("access-control-expose-headers", ANSWER_HEADERS);
  if (event.method !== "OPTIONS" || !req.headers["access-control-request-method"]) return undefined;
  return new Response(null, {
    status: 204,
    headers: {
      "access-control-allow-methods": "GET, POST, DELETE",
      "access-control-allow-headers": REQUEST_HEADERS,
      "access-control-max-age": String(PREFLIGHT_SECONDS),
    },
  });
}
