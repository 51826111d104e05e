import type { SystemContext } from "../context";
import { callTool, type ToolAnswer } from "./call-tool";
import { catalogue } from "./catalogue";
import type { JsonObject } from "./client-link";
import { completeArgument } from "./complete-argument";
import { createProgress } from "./create-progress";
import { INSTRUCTIONS } from "./instructions";
import type { Caller } from "./perform-call";
import { openListen } from "./open-listen";
import { getPrompt } from "./prompts/get-prompt";
import { promptCatalogue } from "./prompts/prompt-catalogue";
import { listResourceTemplates } from "./resources/list-resource-templates";
import { listResources } from "./resources/list-resources";
import { readResource } from "./resources/read-resource";
import { SERVER_ICON } from "./server-icon";
import type { McpSurface, SurfaceCall } from "./surface";

/** What this product offers. */
export function createSurface(system: SystemContext): McpSurface {
  return {
    serverInfo: {
      name: "whatsapp-mcp-server",
      title: "WhatsApp",
      version: "0.1.0",
      icons: [SERVER_ICON],
    },
    capabilities: {
      tools: { listChanged: true },
      resources: { subscribe: true, listChanged: true },
      prompts: { listChanged: true },
      completions: {},
    },
    instructions: INSTRUCTIONS,
    listTools: (principal) => catalogue.describe(principal),
    async callTool(call) {
      const { name, arguments: given } = call;
      return toCallToolResult(
        await callTool(system, { ...toCaller(call), name, arguments: given, link: call.link }),
      );
    },
    listResources: (call) => listResources(system, { ...toCaller(call), cursor: call.cursor }),
    listResourceTemplates,
    async readResource(call) {
      const text = await readResource(system, { ...toCaller(call), uri: call.uri, purpose: "read" });
      return { contents: [{ uri: call.uri, mimeType: "application/json", text }] };
    },
    listPrompts: (principal) => promptCatalogue.describe(principal),
    async getPrompt({ principal, name, arguments: given }) {
      return getPrompt(principal, name, given);
    },
    complete: (call) =>
      completeArgument(system, { ...toCaller(call), ref: call.ref, argument: call.argument }),
    async subscribe(call) {
      await readResource(system, { ...toCaller(call), uri: call.uri, purpose: "subscribe" });
    },
    listen: (call) => openListen(system, call),
  };
}

function toCaller({ principal, requestId, signal, link }: SurfaceCall): Caller {
  const reportProgress = createProgress(link);
  return {
    principal,
    requestId,
    signal,
    ...(reportProgress ? { reportProgress } : {}),
  };
}

function toCallToolResult({ structuredContent, isError, content = [] }: ToolAnswer): JsonObject {
  const text = { type: "text", text: JSON.stringify(structuredContent) };
  return { structuredContent, isError, content: [text, ...content] };
}
