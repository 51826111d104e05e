import type { Principal } from "#server/utils/auth/principal";
import type { LegacySessions } from "#server/utils/mcp/legacy/create-legacy-sessions";
import { buildMcpRequest, type McpRequestParts } from "./build-mcp-request";

/** What a JSON-RPC request was answered. */
export interface RpcAnswer {
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

/** An MCP session of a key, with its event stream open. */
export interface McpSession {
  readonly id: string;
  ask(method: string, params: Record<string, unknown>): Promise<RpcAnswer>;
  /** Every message that came over the event stream so far, as text. */
  readonly heard: readonly string[];
  /** The addresses among them that are said to have changed, in their order. */
  heardUris(): string[];
  end(): Promise<void>;
}

/** Opens a session as an SDK client does: initialize, initialized, the event stream. */
export async function openMcpSession(sessions: LegacySessions, principal: Principal): Promise<McpSession> {
  const params = {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "test", version: "1" },
  };
  const first = buildMcpRequest({
    method: "POST",
    body: { jsonrpc: "2.0", id: 0, method: "initialize", params },
  });
  const response = await sessions.handle(first, principal);
  await response.text();
  const id = response.headers.get("mcp-session-id");
  if (!id) throw new Error("no session was opened");
  const handle = (parts: McpRequestParts) =>
    sessions.handle(buildMcpRequest({ ...parts, sessionId: id }), principal);
  await handle({ method: "POST", body: { jsonrpc: "2.0", method: "notifications/initialized" } });
  const stream = await handle({ method: "GET" });
  const heard: string[] = [];
  const reader = stream.body?.getReader();
  if (!reader) throw new Error("the event stream has no body");
  const reading = readEvents(reader, heard);
  let lastId = 0;
  return {
    id,
    heard,
    heardUris: () => heard.flatMap(readUri),
    async ask(method, more) {
      const body = { jsonrpc: "2.0", id: (lastId += 1), method, params: more };
      const answer = await handle({ method: "POST", body });
      return parseAnswer(await answer.text());
    },
    async end() {
      await handle({ method: "DELETE" });
      await reader.cancel();
      await reading;
    },
  };
}

async function readEvents(reader: ReadableStreamDefaultReader<Uint8Array>, heard: string[]): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const events = (rest + decoder.decode(value, { stream: true })).split("\n\n");
    rest = events.pop() ?? "";
    heard.push(...events.flatMap(readData));
  }
}

const readData = (event: string): string[] =>
  event.split("\n").flatMap((line) => (line.startsWith("data: {") ? [line.slice("data: ".length)] : []));

function readUri(message: string): string[] {
  const { method, params } = JSON.parse(message) as { method?: string; params?: { uri?: string } };
  return method === "notifications/resources/updated" && params?.uri ? [params.uri] : [];
}

/** Reads the one answer of a POST, whether it came as JSON or as an event. */
function parseAnswer(text: string): RpcAnswer {
  const [data] = text.startsWith("{") ? [text] : text.split("\n\n").flatMap(readData);
  if (!data) throw new Error("the request was not answered");
  return JSON.parse(data) as RpcAnswer;
}
