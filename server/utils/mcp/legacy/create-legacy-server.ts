import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import {
  CallToolRequestSchema,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  ListToolsRequestSchema,
  ReadResourceRequestSchema,
  SubscribeRequestSchema,
  UnsubscribeRequestSchema,
  type ListResourcesResult,
  type ListResourceTemplatesResult,
  type ListToolsResult,
  type ServerCapabilities,
} from "@modelcontextprotocol/sdk/types.js";
import type { Principal } from "../../auth/principal";
import { newId } from "../../ids";
import type { Log } from "../../log";
import { mergeSignals } from "../merge-signals";
import type { McpSurface, SurfaceCall } from "../surface";
import type { Questions } from "./answers/create-questions";
import { createGuard, type Guard } from "./create-guard";
import { createLegacyLink, type Extra } from "./create-legacy-link";
import { servePrompts } from "./serve-prompts";
import { withoutNewBlocks } from "./without-new-blocks";

/** What the server asks of the session it serves. */
export interface LegacyServerHost {
  /** The principal as of the latest request, so that a change of access takes effect within a session. */
  principal(): Principal;
  /** What the client said first. */
  readonly initialize: Readonly<Record<string, unknown>>;
  /** @throws Error with a JSON-RPC code when the session hears of too much already */
  subscribe(uri: string): Promise<void>;
  unsubscribe(uri: string): Promise<void>;
  readonly log: Log;
  /** Knows of a request that is at work. */
  track<T>(work: Promise<T>): Promise<T>;
  readonly questions: Questions;
}

type Open = (extra: Extra) => SurfaceCall;

/** The surface as a server of MCP 2025-11-25 and older, on the SDK's low-level `Server`. */
export function createLegacyServer(surface: McpSurface, host: LegacyServerHost): Server {
  const { serverInfo, instructions } = surface;
  const capabilities = surface.capabilities as ServerCapabilities;
  const server = new Server(serverInfo, { capabilities, instructions });
  const open: Open = (extra) => ({
    principal: host.principal(),
    requestId: newId(),
    signal: readSignal(extra),
    link: createLegacyLink(server, extra, host.questions),
  });
  const guard = createGuard(host.log, host.track);
  serveTools(server, surface, open, guard, host);
  serveResources(server, surface, open, guard, host);
  servePrompts(server, surface, open, guard);
  return server;
}

function serveTools(
  server: Server,
  surface: McpSurface,
  open: Open,
  guard: Guard,
  host: LegacyServerHost,
): void {
  server.setRequestHandler(
    ListToolsRequestSchema,
    guard(() => ({ tools: surface.listTools(host.principal()) }) as unknown as ListToolsResult),
  );
  server.setRequestHandler(
    CallToolRequestSchema,
    guard(async ({ params }, extra) => {
      const { name, arguments: given } = params;
      return withoutNewBlocks(
        await surface.callTool({ ...open(extra), name, arguments: given }),
        host.initialize,
      );
    }),
  );
}

function serveResources(
  server: Server,
  surface: McpSurface,
  open: Open,
  guard: Guard,
  host: LegacyServerHost,
) {
  server.setRequestHandler(
    ListResourcesRequestSchema,
    guard(
      async ({ params }, extra) =>
        (await surface.listResources({ ...open(extra), cursor: params?.cursor })) as ListResourcesResult,
    ),
  );
  server.setRequestHandler(
    ListResourceTemplatesRequestSchema,
    guard(() => {
      const resourceTemplates = surface.listResourceTemplates(host.principal());
      return { resourceTemplates } as ListResourceTemplatesResult;
    }),
  );
  server.setRequestHandler(
    ReadResourceRequestSchema,
    guard(({ params }, extra) => surface.readResource({ ...open(extra), uri: params.uri })),
  );
  server.setRequestHandler(
    SubscribeRequestSchema,
    guard(async ({ params }, extra) => {
      await surface.subscribe({ ...open(extra), uri: params.uri });
      await host.subscribe(params.uri);
      return {};
    }),
  );
  server.setRequestHandler(
    UnsubscribeRequestSchema,
    guard(async ({ params }) => {
      await host.unsubscribe(params.uri);
      return {};
    }),
  );
}

// Aborted by a cancel notification, or when the connection that carries the answer is gone.
function readSignal(extra: Extra): AbortSignal {
  const connection = extra.authInfo?.extra?.connection;
  return connection instanceof AbortSignal ? mergeSignals(extra.signal, connection) : extra.signal;
}
