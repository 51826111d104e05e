/** The `error` member of a JSON-RPC answer. */
export interface JsonRpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/**
 * Every error that the shim itself answers with. Each says what to do next, and none holds a key, a
 * message text or a phone number. Codes below -32000 are free for implementations (JSON-RPC 2.0, 5.1).
 */
export const shimErrors = {
  /** A line on stdin was not JSON. */
  parse: (detail: string): JsonRpcError => ({ code: -32700, message: `Parse error: ${detail}` }),

  /** JSON, but not something that can be forwarded now. */
  invalidRequest: (detail: string): JsonRpcError => ({ code: -32600, message: `Invalid request: ${detail}` }),

  /** A probe for a protocol era that this shim does not speak; hosts fall back to `initialize`. */
  methodNotFound: (method: string): JsonRpcError => ({
    code: -32601,
    message: `Method not found: ${method}. This server is opened with initialize.`,
  }),

  /** The request may have been carried out, and repeating it could do the same thing twice. */
  outcomeUnknown: (what: string, reason: string): JsonRpcError => ({
    code: -32001,
    message:
      `The connection failed while "${what}" was under way (${reason}), so its outcome is unknown: it may ` +
      "have been carried out, and it was not repeated. Check with get_message_status or get_messages " +
      "before sending again, or send with an idempotency_key, which is always safe to repeat.",
    data: { reason: "outcome_unknown", retryable: false },
  }),

  /** No answer within the time that a request may wait; `isUncertain` when an attempt may have arrived. */
  unreachable: (where: string, waitedMs: number, reason: string, isUncertain: boolean): JsonRpcError => ({
    code: -32003,
    message:
      `${where} could not be reached for ${Math.round(waitedMs / 1000)} s (${reason}). ` +
      (isUncertain ? "It is safe to send the same request again. " : "The request was not carried out. ") +
      "Check that the server runs and that WAMCP_URL is right, then try again.",
    data: { reason: "unreachable", retryable: true },
  }),

  /** The key is missing, unknown, revoked or not allowed to do this. */
  unauthorized: (status: number, hasKey: boolean, serverError: string | undefined): JsonRpcError => ({
    code: -32004,
    message: authorizationAdvice(status, hasKey),
    data: {
      reason: "unauthorized",
      http_status: status,
      ...(serverError && { server_message: serverError }),
    },
  }),

  /** Any other answer that is not MCP. */
  refused: (detail: string, status?: number): JsonRpcError => ({
    code: -32005,
    message: detail,
    data: { reason: "refused", ...(status !== undefined && { http_status: status }) },
  }),
};

function authorizationAdvice(status: number, hasKey: boolean): string {
  const fix = "in the env section of this MCP server's entry in the host's settings, and restart it";
  if (!hasKey) {
    return `The server wants an API key (HTTP ${status}), and WAMCP_API_KEY is not set. Set it ${fix}.`;
  }
  if (status === 403) {
    return (
      `The server does not let this API key do that (HTTP 403). Ask the server's administrator for a key ` +
      `with the missing scope or number, set it as WAMCP_API_KEY ${fix}.`
    );
  }
  return (
    `The server does not accept the API key in WAMCP_API_KEY (HTTP ${status}): it is mistyped, revoked or ` +
    `expired. Set a valid key ${fix}.`
  );
}
