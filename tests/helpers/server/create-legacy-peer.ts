import type { Principal } from "#server/utils/auth/principal";
import { buildMcpRequest } from "./build-mcp-request";
import type { Replica } from "./open-replica";

export interface PeerEvent {
  readonly id: string;
  readonly data: Record<string, unknown> | undefined;
}

/** An event stream as it is read. */
export interface PeerStream {
  readonly status: number;
  readonly events: readonly PeerEvent[];
  /** The addresses that were said to have changed, in their order. */
  uris(): string[];
  methods(): string[];
  /** Resolves when the server has ended it. */
  readonly ended: Promise<void>;
  /** Leaves, as a client does whose connection breaks. */
  leave(): Promise<void>;
}

/** A client of the 2025 era that can go to another replica with every request. */
export interface LegacyPeer {
  readonly id: string;
  post(at: Replica, body: unknown, connection?: AbortSignal): Promise<Response>;
  ask(at: Replica, method: string, params?: Record<string, unknown>): Promise<Record<string, unknown>>;
  listen(at: Replica, lastEventId?: string): Promise<PeerStream>;
  end(at: Replica): Promise<Response>;
}

const initialize = (capabilities: object, protocolVersion: string) => ({
  jsonrpc: "2.0",
  id: 0,
  method: "initialize",
  params: { protocolVersion, capabilities, clientInfo: { name: "peer", version: "1" } },
});

/** Sends `initialize` and nothing else. */
export function initializeAt(
  at: Replica,
  principal: Principal,
  capabilities: object = {},
  protocolVersion = "2025-11-25",
): Promise<Response> {
  const body = initialize(capabilities, protocolVersion);
  return at.sessions.handle(buildMcpRequest({ method: "POST", body }), principal);
}

/** Opens a session at one replica. */
export async function openLegacyPeer(
  at: Replica,
  principal: Principal,
  capabilities: object = {},
  protocolVersion?: string,
): Promise<LegacyPeer> {
  const response = await initializeAt(at, principal, capabilities, protocolVersion);
  await response.text();
  const id = response.headers.get("mcp-session-id");
  if (!id) throw new Error(`no session was opened: ${response.status}`);
  let lastId = 0;
  const peer: LegacyPeer = {
    id,
    post: (replica, body, connection) =>
      replica.sessions.handle(
        buildMcpRequest({ method: "POST", sessionId: id, body, ...(connection ? { connection } : {}) }),
        principal,
      ),
    async ask(replica, method, params = {}) {
      const answer = await peer.post(replica, { jsonrpc: "2.0", id: (lastId += 1), method, params });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${answer.status} ${text}`);
      return readEvents(text).flatMap(({ data }) => (data && "id" in data ? [data] : []))[0] ?? {};
    },
    async listen(replica, lastEventId) {
      const request = buildMcpRequest({ method: "GET", sessionId: id });
      if (lastEventId) request.web.headers.set("last-event-id", lastEventId);
      return readStream(await replica.sessions.handle(request, principal));
    },
    end: (replica) =>
      replica.sessions.handle(buildMcpRequest({ method: "DELETE", sessionId: id }), principal),
  };
  await peer.post(at, { jsonrpc: "2.0", method: "notifications/initialized" });
  return peer;
}

/** Reads a response as events while they come. */
export function readStream(response: Response): PeerStream {
  const events: PeerEvent[] = [];
  const reader = response.body?.getReader();
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder();
    let rest = "";
    for (;;) {
      const chunk = await reader?.read();
      if (!chunk || chunk.done) return;
      rest += decoder.decode(chunk.value, { stream: true });
      const whole = rest.lastIndexOf("\n\n");
      if (whole < 0) continue;
      events.push(...readEvents(rest.slice(0, whole)));
      rest = rest.slice(whole + 2);
    }
  };
  const ended = read();
  return {
    status: response.status,
    events,
    uris: () => events.flatMap(({ data }) => (data?.params as { uri?: string } | undefined)?.uri ?? []),
    methods: () => events.flatMap(({ data }) => (data?.method as string | undefined) ?? []),
    ended,
    async leave() {
      await reader?.cancel();
      await ended;
    },
  };
}

function readEvents(text: string): PeerEvent[] {
  return text.split("\n\n").flatMap((block) => {
    const read = (field: string): string | undefined =>
      block
        .split("\n")
        .find((line) => line.startsWith(`${field}: `))
        ?.slice(field.length + 2);
    const data = read("data");
    const id = read("id") ?? "";
    if (!data && !id) return [];
    return [{ id, data: data ? (JSON.parse(data) as Record<string, unknown>) : undefined }];
  });
}
