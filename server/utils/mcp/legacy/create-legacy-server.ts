import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import type { RequestHandlerExtra } from "@modelcontextprotocol/sdk/shared/protocol.js";
import {
  CallToolRequestSchema,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  ListToolsRequestSchema,
  ReadResourceRequestSchema,
  SubscribeRequestSchema,
  UnsubscribeRequestSchema,
  type CallToolResult,
  type ClientCapabilities,
  type ServerNotification,
  type ServerRequest,
  type Tool,
} from "@modelcontextprotocol/sdk/types.js";
import type { Principal } from "../../auth/principal";
import type { SystemContext } from "../../context";
import { newId } from "../../ids";
import { callTool, type ToolAnswer } from "../call-tool";
import { catalogue } from "../catalogue";
import type { Caller } from "../perform-call";
import { createAskPerson } from "./create-ask-person";
import { INSTRUCTIONS } from "../instructions";
import { readResource } from "../read-resource";
import { listResources, RESOURCE_TEMPLATES } from "../resources";

/** What the server asks of the session it serves. */
export interface LegacyServerHost {
  /** The principal as of the latest request, so that a change of access takes effect within a session. */
  principal(): Principal;
  subscribe(uri: string): void;
  unsubscribe(uri: string): void;
}

type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>;

/** The catalogue as a server of MCP 2025-11-25 and older, on the SDK's low-level `Server`. */
export function createLegacyServer(system: SystemContext, host: LegacyServerHost): Server {
  const server = new Server(
    { name: "whatsapp-mcp-server", title: "WhatsApp", version: "0.1.0" },
    { capabilities: { tools: {}, resources: { subscribe: true } }, instructions: INSTRUCTIONS },
  );
  const caller = (extra: Extra): Caller => ({
    principal: host.principal(),
    requestId: newId(),
    signal: readSignal(extra),
    ...(takesQuestions(server.getClientCapabilities()) ? { askPerson: createAskPerson(extra) } : {}),
  });
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: catalogue.describe(host.principal()) as unknown as Tool[],
  }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, extra) =>
    toCallToolResult(
      await callTool(system, { ...caller(extra), name: params.name, arguments: params.arguments }),
    ),
  );
  server.setRequestHandler(ListResourcesRequestSchema, () => ({
    resources: listResources(host.principal()),
  }));
  server.setRequestHandler(ListResourceTemplatesRequestSchema, () => ({
    resourceTemplates: RESOURCE_TEMPLATES,
  }));
  server.setRequestHandler(ReadResourceRequestSchema, async ({ params }, extra) => ({
    contents: [
      {
        uri: params.uri,
        mimeType: "application/json",
        text: await readResource(system, { ...caller(extra), uri: params.uri, purpose: "read" }),
      },
    ],
  }));
  server.setRequestHandler(SubscribeRequestSchema, async ({ params }, extra) => {
    await readResource(system, { ...caller(extra), uri: params.uri, purpose: "subscribe" });
    host.subscribe(params.uri);
    return {};
  });
  server.setRequestHandler(UnsubscribeRequestSchema, ({ params }) => {
    host.unsubscribe(params.uri);
    return {};
  });
  return server;
}

function toCallToolResult({ structuredContent, isError }: ToolAnswer): CallToolResult {
  return { structuredContent, isError, content: [{ type: "text", text: JSON.stringify(structuredContent) }] };
}

// Aborted by a cancel notification, or when the connection that carries the answer is gone.
function readSignal(extra: Extra): AbortSignal {
  const connection = extra.authInfo?.extra?.connection;
  return connection instanceof AbortSignal ? AbortSignal.any([extra.signal, connection]) : extra.signal;
}

// Before 2025-11-25 the capability was an empty object and meant forms.
function takesQuestions(capabilities: ClientCapabilities | undefined): boolean {
  const elicitation = capabilities?.elicitation;
  return elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined);
}
