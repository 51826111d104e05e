/** One MCP session at the server. */
export interface Session {
  /** Counts the sessions of this shim; a renewed session has a higher one. */
  readonly generation: number;
  /** The server's `Mcp-Session-Id`; absent when the server keeps no sessions. */
  readonly id?: string;
  /** Negotiated in `initialize`, sent as `MCP-Protocol-Version` from then on. */
  readonly protocolVersion?: string;
}

/** The three HTTP requests of Streamable HTTP (MCP 2025-11-25, transports). */
export interface HttpLink {
  /** Address without credentials and query, for messages. */
  readonly where: string;
  readonly hasKey: boolean;
  /** Sends one message as it is. */
  post(body: string, session: Session | undefined, signal: AbortSignal): Promise<Response>;
  /** Opens an event stream, from after `cursor` when there is one. */
  listen(session: Session, cursor: string | undefined, signal: AbortSignal): Promise<Response>;
  /** Ends the session. */
  end(session: Session, signal: AbortSignal): Promise<Response>;
}

/** What {@link createHttpLink} needs. */
export interface HttpLinkOptions {
  readonly url: string;
  /** Sent as a Bearer token; empty sends none. */
  readonly apiKey: string;
  /** Called whenever the server has answered, whatever the answer. */
  onReachable(): void;
}

/**
 * Creates the link. Throws an Error when the address or the key cannot be used at all; the text holds
 * neither.
 */
export function createHttpLink({ url, apiKey, onReachable }: HttpLinkOptions): HttpLink {
  const address = parseAddress(url);
  // undici puts the value of a bad header into its error, so a bad key must not get that far.
  if (!/^[\x21-\x7e]*$/.test(apiKey))
    throw new Error("WAMCP_API_KEY holds a blank or a character that no key has.");

  const headersFor = (
    session: Session | undefined,
    more: Record<string, string>,
  ): Record<string, string> => ({
    "user-agent": "wamcp-stdio",
    ...more,
    ...(apiKey !== "" && { authorization: `Bearer ${apiKey}` }),
    ...(session?.id !== undefined && { "mcp-session-id": session.id }),
    ...(session?.protocolVersion !== undefined && { "mcp-protocol-version": session.protocolVersion }),
  });

  const request = async (init: RequestInit): Promise<Response> => {
    // A followed redirect would turn a POST into a GET or carry the key to another origin.
    const response = await fetch(address, { ...init, redirect: "manual" });
    // A 5xx usually comes from a proxy whose server is away: no reason to wake everybody.
    if (response.status < 500) onReachable();
    return response;
  };

  return {
    where: `${address.origin}${address.pathname}`,
    hasKey: apiKey !== "",
    post: (body, session, signal) => {
      const accept = "application/json, text/event-stream";
      const headers = headersFor(session, { accept, "content-type": "application/json" });
      return request({ method: "POST", headers, body, signal });
    },
    listen: (session, cursor, signal) => {
      const more = { accept: "text/event-stream", ...(cursor !== undefined && { "last-event-id": cursor }) };
      return request({ method: "GET", headers: headersFor(session, more), signal });
    },
    end: (session, signal) => request({ method: "DELETE", headers: headersFor(session, {}), signal }),
  };
}

function parseAddress(url: string): URL {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (address === undefined || !["http:", "https:"].includes(address.protocol)) {
    throw new Error("WAMCP_URL is not an http(s) address such as https://wa.example/mcp.");
  }
  if (address.username !== "" || address.password !== "") {
    throw new Error("WAMCP_URL must not hold a user name or a password: the key goes into WAMCP_API_KEY.");
  }
  return address;
}
