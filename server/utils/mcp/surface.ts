import type { Principal } from "../auth/principal";
import type { ClientLink, JsonObject } from "./client-link";
import type { ResourceDescription } from "./resources/resource-description";
import type { ResourceTemplateDescription } from "./resources/list-resource-templates";
import type { ToolDescription } from "./catalogue";

/** One request of a client, past authentication. */
export interface SurfaceCall {
  readonly principal: Principal;
  readonly requestId: string;
  /** Aborted when the client cancels, leaves, or may not go on. */
  readonly signal: AbortSignal;
  readonly link: ClientLink;
}

/**
 * What the server offers over MCP, free of any SDK; an adapter for each era serves it. Results are as the protocol has them.
 * A failure that is the protocol's and not a tool's is thrown as an `Error` with a JSON-RPC `code`.
 */
export interface McpSurface {
  readonly serverInfo: ServerInfo;
  /** As both eras declare them. */
  readonly capabilities: JsonObject;
  readonly instructions: string;
  listTools(principal: Principal): readonly ToolDescription[];
  callTool(call: SurfaceCall & { readonly name: string; readonly arguments: unknown }): Promise<JsonObject>;
  listResources(call: SurfaceCall & { readonly cursor: string | undefined }): Promise<ResourcePage>;
  listResourceTemplates(principal: Principal): readonly ResourceTemplateDescription[];
  readResource(call: SurfaceCall & { readonly uri: string }): Promise<JsonObject>;
  listPrompts(principal: Principal): readonly PromptDescription[];
  getPrompt(
    call: SurfaceCall & { readonly name: string; readonly arguments: Readonly<Record<string, string>> },
  ): Promise<JsonObject>;
  complete(call: SurfaceCall & CompletionRequest): Promise<Completion>;
  /** Throws when the caller may not read what it wants to hear of. */
  subscribe(call: SurfaceCall & { readonly uri: string }): Promise<void>;
  /**
   * Counts and records that a stream of notifications is opened, and returns the addresses that the caller may read.
   *
   * @throws AppError
   */
  listen(call: Omit<SurfaceCall, "link"> & { readonly uris: readonly string[] }): Promise<readonly string[]>;
}

export interface ServerInfo {
  readonly name: string;
  readonly title: string;
  readonly version: string;
  readonly icons?: ServerIcon[];
}

export interface ServerIcon {
  /** A `data:` address: nobody has to fetch anything. */
  readonly src: string;
  readonly mimeType: string;
  readonly sizes: string[];
}

export interface ResourcePage {
  readonly resources: readonly ResourceDescription[];
  readonly nextCursor?: string;
}

export interface PromptDescription {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly arguments: readonly {
    readonly name: string;
    readonly description: string;
    readonly required: boolean;
  }[];
}

/** What is typed so far into one argument of a prompt, or of an address. */
export interface CompletionRequest {
  readonly ref:
    | { readonly type: "ref/prompt"; readonly name: string }
    | { readonly type: "ref/resource"; readonly uri: string };
  readonly argument: { readonly name: string; readonly value: string };
}

export interface Completion {
  readonly values: readonly string[];
  readonly total?: number;
  readonly hasMore?: boolean;
}
