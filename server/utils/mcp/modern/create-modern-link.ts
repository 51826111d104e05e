import {
  CLIENT_CAPABILITIES_META_KEY,
  type Notification,
  type ServerContext,
} from "@modelcontextprotocol/server";
import type { ClientLink, JsonObject } from "../client-link";

/** The client of one request that stands alone. What it can do, it says with every request. */
export function createModernLink({ mcpReq }: ServerContext): ClientLink {
  // The SDK has checked it; its type names no fields.
  const envelope = mcpReq.envelope as { readonly [CLIENT_CAPABILITIES_META_KEY]?: JsonObject } | undefined;
  const requestState = mcpReq.requestState<string>();
  const isRetry = mcpReq.inputResponses !== undefined || requestState !== undefined;
  return {
    era: "modern",
    capabilities: envelope?.[CLIENT_CAPABILITIES_META_KEY] ?? {},
    progressToken: mcpReq._meta?.progressToken,
    notify: (method, params) => mcpReq.notify({ method, params } as Notification),
    ...(isRetry ? { retry: { inputResponses: mcpReq.inputResponses ?? {}, requestState } } : {}),
  };
}
