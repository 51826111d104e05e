import type { Server } from "@modelcontextprotocol/sdk/server/index.js";
import {
  CompleteRequestSchema,
  GetPromptRequestSchema,
  ListPromptsRequestSchema,
  type CompleteResult,
  type GetPromptResult,
  type ListPromptsResult,
} from "@modelcontextprotocol/sdk/types.js";
import type { McpSurface, SurfaceCall } from "../surface";
import type { Guard } from "./create-guard";
import type { Extra } from "./create-legacy-link";

/** Serves prompts, and the completion of what is typed into them and into addresses. */
export function servePrompts(
  server: Server,
  surface: McpSurface,
  open: (extra: Extra) => SurfaceCall,
  guard: Guard,
): void {
  server.setRequestHandler(
    ListPromptsRequestSchema,
    guard(
      (_request, extra) => ({ prompts: surface.listPrompts(open(extra).principal) }) as ListPromptsResult,
    ),
  );
  server.setRequestHandler(
    GetPromptRequestSchema,
    guard(async ({ params: { name, arguments: given = {} } }, extra) => {
      return (await surface.getPrompt({ ...open(extra), name, arguments: given })) as GetPromptResult;
    }),
  );
  server.setRequestHandler(
    CompleteRequestSchema,
    guard(async ({ params: { ref, argument } }, extra) => {
      const { values, ...more } = await surface.complete({ ...open(extra), ref, argument });
      return { completion: { values: [...values], ...more } } satisfies CompleteResult;
    }),
  );
}
