/** What a client asked or answered, as JSON. */
export type JsonObject = Record<string, unknown>;

/** The client at the other end of one request, whichever SDK serves it. */
export interface ClientLink {
  /** `legacy` is MCP 2025-11-25 and older, with sessions; `modern` is 2026-07-28, where every request stands alone. */
  readonly era: "legacy" | "modern";
  /** What the client declared that it can do. */
  readonly capabilities: Readonly<JsonObject>;
  /** Names the request in progress notifications; absent when the client wants none. */
  readonly progressToken: string | number | undefined;
  /** Sends a notification on the stream of this very request. */
  notify(method: string, params: JsonObject): Promise<void>;
  /** Asks the client and waits for its answer. Only the 2025 era has such requests. */
  readonly request?: (method: string, params: JsonObject, options: RequestOptions) => Promise<JsonObject>;
  /** Ends the stream of this request; the client comes back for the rest. Only where it can (2025-11-25). */
  readonly endStream?: () => void;
  /** What the client brings to a call that it makes again, after it was told `input_required` (2026-07-28). */
  readonly retry?: {
    readonly inputResponses: Readonly<JsonObject>;
    readonly requestState: string | undefined;
  };
}

export interface RequestOptions {
  readonly timeoutMs: number;
}
