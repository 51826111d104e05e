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
import type { McpSurface, SurfaceCall } from "../surface";
import type { Questions } from "./answers/create-questions";
import { createLegacyLink, type Extra } from "./create-legacy-link";
import { servePrompts } from "./serve-prompts";

/** What the server asks of the session it serves. */
export interface LegacyServerHost {
  /** The principal as of the latest request, so that a change of access takes effect within a session. */
  principal(): Principal;
  /** @throws Error with a JSON-RPC code when the session hears of too much already */
  subscribe(uri: string): Promise<void>;
  unsubscribe(uri: string): Promise<void>;
  /** Knows of a tool that is at work. */
  track<T>(work: Promise<T>): Promise<T>;
  readonly questions: Questions;
}

/** The surface as a server of MCP 2025-11-25 and older, on the SDK's low-level `Server`. */
export function createLegacyServer(surface: McpSurface, host: LegacyServerHost): Server {
  const { serverInfo, instructions } = surface;
  const capabilities = surface.capabilities as ServerCapabilities;
  const server = new Server(serverInfo, { capabilities, instructions });
  const open = (extra: Extra): SurfaceCall => ({
    principal: host.principal(),
    requestId: newId(),
    signal: readSignal(extra),
    link: createLegacyLink(server, extra, host.questions),
  });
  server.setRequestHandler(
    ListToolsRequestSchema,
    () => ({ tools: surface.listTools(host.principal()) }) as unknown as ListToolsResult,
  );
  server.setRequestHandler(CallToolRequestSchema, ({ params }, extra) =>
    host.track(surface.callTool({ ...open(extra), name: params.name, arguments: params.arguments })),
  );
  server.setRequestHandler(
    ListResourcesRequestSchema,
    async ({ params }, extra) =>
      (await surface.listResources({ ...open(extra), cursor: params?.cursor })) as ListResourcesResult,
  );
  server.setRequestHandler(
    ListResourceTemplatesRequestSchema,
    () =>
      ({
        resourceTemplates: surface.listResourceTemplates(host.principal()),
      }) as ListResourceTemplatesResult,
  );
  server.setRequestHandler(ReadResourceRequestSchema, ({ params }, extra) =>
    surface.readResource({ ...open(extra), uri: params.uri }),
  );
  server.setRequestHandler(SubscribeRequestSchema, async ({ params }, extra) => {
    await surface.subscribe({ ...open(extra), uri: params.uri });
    await host.subscribe(params.uri);
    return {};
  });
  server.setRequestHandler(UnsubscribeRequestSchema, async ({ params }) => {
    await host.unsubscribe(params.uri);
    return {};
  });
  servePrompts(server, surface, open);
  return server;
}

// Aborted by a cancel notification, or when the connection that carries the answer is gone.
function readSignal(extra: Extra): AbortSignal {
  const connection = extra.authInfo?.extra?.connection;
  return connection instanceof AbortSignal ? AbortSignal.any([extra.signal, connection]) : extra.signal;
}
