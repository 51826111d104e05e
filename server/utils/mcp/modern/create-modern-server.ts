import {
  Server,
  type CacheHint,
  type RequestMethod,
  type RequestTypeMap,
  type ServerCapabilities,
  type ServerContext,
} from "@modelcontextprotocol/server";
import type { Principal } from "../../auth/principal";
import { newId } from "../../ids";
import { describeError, type Log } from "../../log";
import { describeFailure } from "../describe-failure";
import { InputRequired } from "../input-required";
import { mergeSignals } from "../merge-signals";
import type { McpSurface, SurfaceCall } from "../surface";
import { createModernLink } from "./create-modern-link";

export interface ModernServerOptions {
  readonly surface: McpSurface;
  readonly principal: Principal;
  readonly log: Log;
  /** Aborted when a call that waits should answer with what it has. */
  readonly released: AbortSignal;
}

// Everything depends on the key, and nobody else may be given it from a cache.
const forMs = (ttlMs: number): CacheHint => ({ ttlMs, cacheScope: "private" });
const CACHE_HINTS = {
  "server/discover": forMs(600_000),
  "tools/list": forMs(60_000),
  "prompts/list": forMs(60_000),
  "resources/templates/list": forMs(60_000),
  "resources/list": forMs(5_000),
  // A message may have come in the meantime.
  "resources/read": forMs(0),
};

/** Where an `input_required` names the message that is held meanwhile. */
const MESSAGE_ID_META_KEY = "wamcp/message_id";

type Answer<M extends RequestMethod> = (
  call: SurfaceCall,
  params: NonNullable<RequestTypeMap[M]["params"]>,
) => unknown;

/** The surface as a server of MCP 2026-07-28, on the SDK's low-level `Server`. It lives for one request. */
export function createModernServer({ surface, principal, log, released }: ModernServerOptions): Server {
  const { serverInfo, instructions } = surface;
  const capabilities = declareCapabilities(surface);
  const server = new Server(serverInfo, { capabilities, instructions, cacheHints: CACHE_HINTS });
  const onerror = (error: Error): void =>
    log.debug("a server of MCP 2026-07-28 reported:", describeError(error));
  Object.assign(server, { onerror });
  const on = <M extends RequestMethod>(method: M, answer: Answer<M>): void => {
    const handle = async (request: RequestTypeMap[M], ctx: ServerContext): Promise<never> => {
      const result = await settle(log, () =>
        answer(openCall(principal, ctx, released), request.params ?? {}),
      );
      // Surfaces answer in the protocol's own shapes; the SDK holds every result to its schema.
      return result as never;
    };
    server.setRequestHandler(method, handle);
  };
  if (capabilities.tools) serveTools(on, surface);
  if (capabilities.resources) serveResources(on, surface);
  if (capabilities.prompts) servePrompts(on, surface);
  if (capabilities.completions) {
    on("completion/complete", async (call, { ref, argument }) => ({
      completion: await surface.complete({ ...call, ref, argument }),
    }));
  }
  return server;
}

// What a key is shown changes with its access, also while a stream is open.
function declareCapabilities(surface: McpSurface): ServerCapabilities {
  const { tools, prompts, ...others } = surface.capabilities as ServerCapabilities;
  return {
    ...others,
    ...(tools ? { tools: { ...tools, listChanged: true } } : {}),
    ...(prompts ? { prompts: { ...prompts, listChanged: true } } : {}),
  };
}

type On = <M extends RequestMethod>(method: M, answer: Answer<M>) => void;

function serveTools(on: On, surface: McpSurface): void {
  on("tools/list", ({ principal }) => ({ tools: surface.listTools(principal) }));
  on("tools/call", (call, { name, arguments: given }) =>
    surface.callTool({ ...call, name, arguments: given }),
  );
}

function serveResources(on: On, surface: McpSurface): void {
  on("resources/list", (call, { cursor }) => surface.listResources({ ...call, cursor }));
  on("resources/templates/list", ({ principal }) => ({
    resourceTemplates: surface.listResourceTemplates(principal),
  }));
  on("resources/read", (call, { uri }) => surface.readResource({ ...call, uri }));
}

function servePrompts(on: On, surface: McpSurface): void {
  on("prompts/list", ({ principal }) => ({ prompts: surface.listPrompts(principal) }));
  on("prompts/get", (call, { name, arguments: given = {} }) =>
    surface.getPrompt({ ...call, name, arguments: given }),
  );
}

function openCall(principal: Principal, ctx: ServerContext, released: AbortSignal): SurfaceCall {
  const signal = mergeSignals(ctx.mcpReq.signal, released);
  return { principal, requestId: newId(), signal, link: createModernLink(ctx) };
}

async function settle(log: Log, work: () => unknown): Promise<unknown> {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof InputRequired)) throw describeFailure(thrown, log);
    const { inputRequests, requestState, messageId } = thrown;
    // Not in the question, which is for a person.
    const _meta = messageId === undefined ? {} : { _meta: { [MESSAGE_ID_META_KEY]: messageId } };
    return { resultType: "input_required", inputRequests, requestState, ..._meta };
  }
}
