/** An HTTP request to /mcp, read and bounded. */
export interface McpRequest {
  /** Method, URL, headers and signal as the SDKs read them. The body is `body`, the signal is `connection`. */
  readonly web: Request;
  /** The parsed JSON of a POST. */
  readonly body: unknown;
  readonly sessionId: string | undefined;
  /** Aborted when the client's connection is gone. */
  readonly connection: AbortSignal;
}
