import { randomUUID } from "node:crypto";
import {
  createServer,
  type IncomingMessage,
  type Server as HttpServer,
  type ServerResponse,
} from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import {
  StreamableHTTPServerTransport,
  type EventStore,
} from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import {
  CallToolRequestSchema,
  ListResourcesRequestSchema,
  ListToolsRequestSchema,
  SubscribeRequestSchema,
  UnsubscribeRequestSchema,
} from "@modelcontextprotocol/sdk/types.js";
import getPort from "get-port";

/** The resource that can be subscribed to. */
export const INBOX = "wamcp://inbox";

/** A remote MCP server for tests that can go away and come back at the same address. */
export interface McpServer {
  readonly url: string;
  readonly apiKey: string;
  /** What the server has seen, over all its lives. */
  readonly seen: Seen;
  /** What `send_message` does after it has counted the call. */
  onSend: () => Promise<void> | void;
  /** What `count` waits for after it has told its progress. */
  onProgress: (progress: number) => Promise<void> | void;
  start(): Promise<void>;
  /** Destroys every connection and forgets every session, as a killed process would. */
  kill(): Promise<void>;
  /** Tells all subscribers that the inbox has changed. */
  push(): Promise<void>;
  /** How many sessions have their standing stream open. */
  streams(): number;
  /** How many of these are subscribed. */
  listeners(): number;
}

interface Seen {
  sends: number;
  reads: number;
  waits: number;
  cancelled: number;
  deletes: number;
  initializes: number;
  /** Headers of every POST after the handshake. */
  versions: Set<string | undefined>;
}

interface Session {
  readonly server: Server;
  readonly transport: StreamableHTTPServerTransport;
  isSubscribed: boolean;
  openStreams: number;
}

/** Creates the server; `isResumable` gives it an event store. */
export async function createMcpServer({ isResumable = false } = {}): Promise<McpServer> {
  const port = await getPort({ host: "127.0.0.1" });
  const apiKey = `wamcp_test_${randomUUID()}`;
  const seen: Seen = {
    sends: 0,
    reads: 0,
    waits: 0,
    cancelled: 0,
    deletes: 0,
    initializes: 0,
    versions: new Set(),
  };
  let sessions = new Map<string, Session>();
  let http: HttpServer | undefined;

  const openSession = async (): Promise<Session> => {
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void sessions.set(id, session),
      ...(isResumable && { eventStore: createEventStore(), retryInterval: 20 }),
    });
    const server = new Server(
      { name: "test", version: "1" },
      { capabilities: { tools: {}, resources: { subscribe: true } } },
    );
    const session: Session = { server, transport, isSubscribed: false, openStreams: 0 };
    handleRequests(session, result);
    // The SDK's own types do not agree under exactOptionalPropertyTypes.
    await server.connect(transport as unknown as Parameters<Server["connect"]>[0]);
    return session;
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.headers.authorization !== `Bearer ${apiKey}`) {
      const body = JSON.stringify({ error: { code: "unauthorized", message: "No such key." } });
      return void response.writeHead(401, { "content-type": "application/json" }).end(body);
    }
    if (request.method === "DELETE") seen.deletes++;
    const id = request.headers["mcp-session-id"];
    const known = typeof id === "string" ? sessions.get(id) : undefined;
    if (id !== undefined && known === undefined) {
      const error = { code: -32001, message: "Session not found" };
      const body = JSON.stringify({ jsonrpc: "2.0", id: null, error });
      return void response.writeHead(404, { "content-type": "application/json" }).end(body);
    }
    if (known === undefined) seen.initializes++;
    else seen.versions.add(String(request.headers["mcp-protocol-version"]));
    const session = known ?? (await openSession());
    if (request.method === "GET") {
      session.openStreams++;
      response.on("close", () => session.openStreams--);
    }
    await session.transport.handleRequest(request, response);
  };

  const open = (): Session[] => [...sessions.values()].filter(({ openStreams }) => openStreams > 0);
  const subscribed = (): Session[] => open().filter(({ isSubscribed }) => isSubscribed);

  const result: McpServer = {
    url: `http://127.0.0.1:${port}/mcp`,
    apiKey,
    seen,
    onSend: () => undefined,
    onProgress: () => undefined,
    start: async () => {
      const server = createServer((request, response) => void handle(request, response));
      http = server;
      await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    },
    kill: async () => {
      const server = http;
      if (server === undefined) return;
      http = undefined;
      sessions = new Map();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
    push: async () => {
      const params = { uri: INBOX };
      await Promise.all(subscribed().map(({ server }) => server.sendResourceUpdated(params)));
    },
    streams: () => open().length,
    listeners: () => subscribed().length,
  };
  await result.start();
  return result;
}

function handleRequests(session: Session, server: McpServer): void {
  const { seen } = server;
  const mcp = session.server;
  mcp.setRequestHandler(ListToolsRequestSchema, () => ({ tools: TOOLS }));
  mcp.setRequestHandler(ListResourcesRequestSchema, () => ({ resources: [{ uri: INBOX, name: "inbox" }] }));
  mcp.setRequestHandler(SubscribeRequestSchema, () => {
    session.isSubscribed = true;
    return {};
  });
  mcp.setRequestHandler(UnsubscribeRequestSchema, () => {
    session.isSubscribed = false;
    return {};
  });
  mcp.setRequestHandler(CallToolRequestSchema, async ({ params }, extra) => {
    if (params.name === "send_message") {
      seen.sends++;
      await server.onSend();
    } else if (params.name === "count") {
      const progressToken = params._meta?.progressToken ?? 0;
      for (const progress of [1, 2, 3]) {
        const update = { progressToken, progress, total: 3 };
        await extra.sendNotification({ method: "notifications/progress", params: update });
        await server.onProgress(progress);
      }
    } else if (params.name === "wait") {
      seen.waits++;
      await new Promise<void>((resolve) => {
        extra.signal.addEventListener("abort", () => resolve());
      });
      seen.cancelled++;
    } else if (params.name === "ask") {
      const requestedSchema = { type: "object" as const, properties: { sure: { type: "boolean" as const } } };
      const question = { message: "Sure?", requestedSchema };
      const answer = await mcp.elicitInput(question, { relatedRequestId: extra.requestId });
      return { content: [{ type: "text", text: JSON.stringify(answer.content) }] };
    } else if (params.name === "poll") {
      // The server hangs up before it answers; the client has to come back for the answer.
      extra.closeSSEStream?.();
      await sleep(50);
    } else {
      seen.reads++;
    }
    return { content: [{ type: "text", text: String(params.arguments?.body ?? "done") }] };
  });
}

const anything = { type: "object" as const };
const TOOLS = [
  { name: "send_message", inputSchema: anything, annotations: { readOnlyHint: false } },
  { name: "list_numbers", inputSchema: anything, annotations: { readOnlyHint: true } },
  { name: "count", inputSchema: anything },
  { name: "wait", inputSchema: anything },
  { name: "ask", inputSchema: anything },
  { name: "poll", inputSchema: anything },
];

function createEventStore(): EventStore {
  const events: { id: string; stream: string; message: Parameters<EventStore["storeEvent"]>[1] }[] = [];
  return {
    storeEvent: async (stream, message) => {
      const id = `${events.length}@${stream}`;
      events.push({ id, stream, message });
      return id;
    },
    getStreamIdForEventId: async (id) => events.find((event) => event.id === id)?.stream,
    replayEventsAfter: async (lastId, { send }) => {
      const from = events.findIndex((event) => event.id === lastId);
      const stream = events[from]?.stream ?? "";
      for (const event of events.slice(from + 1)) {
        if (event.stream === stream && "jsonrpc" in event.message) await send(event.id, event.message);
      }
      return stream;
    },
  };
}
